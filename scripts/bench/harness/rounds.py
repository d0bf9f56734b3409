"""Runs contenders interleaved, so that what disturbs the machine disturbs all of them."""

import statistics


def interleaved(rounds, contenders):
    """Runs each contender once for each round, the first of a round changing from round to round.

    `contenders` maps names to functions; the result maps names to the lists of what they returned.
    """
    names = list(contenders)
    results = {name: [] for name in names}
    for round_number in range(rounds):
        turn = round_number % len(names)
        for name in names[turn:] + names[:turn]:
            results[name].append(contenders[name]())
    return results


def median(values):
    return statistics.median(values)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
