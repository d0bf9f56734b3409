use prometheus_client::registry::Registry;

use super::*;

fn settings(waiting_max: usize, wait_max: Duration) -> QueueSettings {
    QueueSettings {
        bounds: Bounds {
            waiting_max,
            waiting_per_principal_max: waiting_max,
            running_per_principal_max: usize::MAX,
        },
        wait_max,
        weights: Arc::default(),
    }
}

fn queue_of(slots: usize, settings: &QueueSettings) -> Queue {
    let queue = Queue::new(settings, &QueueMetrics::new(&mut Registry::default()));
    queue.resize(Capacity {
        slots,
        ..Capacity::default()
    });
    queue
}

fn queue(slots: usize) -> Queue {
    queue_of(slots, &settings(2, Duration::from_secs(5)))
}

fn job_of(principal: &str) -> Job {
    Job {
        principal: Arc::from(principal),
        user: Arc::from(principal),
        pid: 7,
        statement: 1,
        work: Work::Run,
        needs: Needs::Engine,
    }
}

fn unheard(_: usize) {}

async fn admit(queue: &Queue) -> Result<Permit, QueryError> {
    queue.admit(&job_of("ann"), &unheard).await
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_waits_past_its_limit_is_refused_with_53300() {
    let queue = queue(1);
    let _running = admit(&queue).await.expect("one slot is free");
    let refused = admit(&queue).await.expect_err("no slot within 5 s");
    assert_eq!(refused.sqlstate, SqlState::TOO_MANY_CONNECTIONS);
    assert_eq!(queue.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses_at_once() {
    let queue = queue(0);
    let (first, second) = (admit(&queue), admit(&queue));
    tokio::pin!(first, second);
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    let began = Instant::now();
    let refused = admit(&queue).await.expect_err("two wait already");
    assert_eq!(refused.sqlstate, SqlState::TOO_MANY_CONNECTIONS);
    assert_eq!(began.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_an_engine_takes_no_slot_and_is_counted() {
    let queue = queue(1);
    let (ann, bob) = (job_of("ann"), job_of("bob"));
    let _asking = queue.begin(&ann, &unheard).await.expect("nobody else asks");
    let next = queue.begin(&bob, &unheard);
    tokio::pin!(next);
    assert!(futures::poll!(&mut next).is_pending());
    assert_eq!((queue.running(), queue.waiting()), (0, 1));
    let _running = admit(&queue).await.expect("the slot is free");
}

#[tokio::test(start_paused = true)]
async fn a_dropped_permit_lets_the_next_one_run() {
    let queue = queue(1);
    let running = admit(&queue).await.expect("one slot is free");
    let waiting = admit(&queue);
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    drop(running);
    let permit = waiting.await.expect("the slot was given back");
    assert_eq!(queue.running(), 1);
    drop(permit);
    assert_eq!(queue.running(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_goes_away_after_it_was_let_in_gives_the_slot_back() {
    let queue = queue(1);
    let running = admit(&queue).await.expect("one slot is free");
    {
        let waiting = admit(&queue);
        tokio::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        drop(running);
        // Let in, but dropped before it could look.
    }
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
    assert!(queue.shown().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_statement_hears_when_those_before_it_should_have_had_their_turn() {
    let queue = queue_of(1, &settings(1, Duration::from_secs(3600)));
    for _ in 0..100 {
        let permit = admit(&queue).await.expect("the slot is free");
        tokio::time::advance(Duration::from_secs(4)).await;
        drop(permit);
    }
    let _running = admit(&queue).await.expect("the slot is free");
    let waiting = queue.clone();
    let _waiting = tavana_common::task::spawn(async move { admit(&waiting).await });
    tokio::task::yield_now().await;
    let refused = admit(&queue).await.expect_err("the queue is full");
    assert_eq!(refused.hint.as_deref(), Some("Try again in 8 seconds."));
    let seconds = queue.retry_after().as_secs_f64();
    assert!((7.9..=8.0).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn who_waits_long_is_told_once_at_which_position() {
    let queue = queue(1);
    let _running = admit(&queue).await.expect("one slot is free");
    let first = admit(&queue);
    tokio::pin!(first);
    assert!(futures::poll!(&mut first).is_pending());
    let told = Mutex::new(Vec::new());
    let tell = |position| told.lock().expect("no panic").push(position);
    let began = Instant::now();
    let job = job_of("ann");
    queue.admit(&job, &tell).await.expect_err("no slot");
    assert_eq!(began.elapsed(), Duration::from_secs(5));
    assert_eq!(*told.lock().expect("no panic"), [2]);
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_found_no_room_comes_back_before_those_that_came_later() {
    let queue = queue(1);
    let give_up = Instant::now() + Duration::from_secs(5);
    let permit = admit(&queue).await.expect("one slot is free");
    let later = admit(&queue);
    tokio::pin!(later);
    assert!(futures::poll!(&mut later).is_pending());
    let again = permit.again(give_up, &unheard);
    tokio::pin!(again);
    assert!(futures::poll!(&mut again).is_pending());
    assert_eq!((queue.running(), queue.waiting()), (0, 2));
    let began = Instant::now();
    let permit = again.await.expect("it rests for a moment only");
    assert_eq!(began.elapsed(), REST);
    assert!(futures::poll!(&mut later).is_pending());
    let again = permit.again(give_up, &unheard);
    tokio::pin!(again);
    assert!(futures::poll!(&mut again).is_pending());
    // The workers say something new.
    queue.resize(Capacity {
        slots: 1,
        ..Capacity::default()
    });
    let permit = again.await.expect("at once");
    drop(permit);
    drop(later.await.expect("its turn"));
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_finds_no_room_for_too_long_is_refused_and_leaves_nothing() {
    let queue = queue(1);
    let permit = admit(&queue).await.expect("one slot is free");
    queue.resize(Capacity::default());
    let give_up = Instant::now() + Duration::from_secs(1);
    permit.again(give_up, &unheard).await.expect_err("no slot");
    assert!(queue.shown().is_empty());
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_was_short_takes_a_reserved_slot_the_next_time() {
    let queue = queue_of(4, &settings(9, Duration::from_secs(5)));
    queue.resize(Capacity {
        slots: 4,
        reserved: 1,
        bytes: 0,
    });
    let brief = Job {
        statement: 2,
        ..job_of("ann")
    };
    let mut permit = queue.admit(&brief, &unheard).await.expect("a free slot");
    permit.end(End::Well);
    drop(permit);
    let mut running = Vec::new();
    for _ in 0..3 {
        running.push(admit(&queue).await.expect("a common slot"));
    }
    let unknown = admit(&queue);
    tokio::pin!(unknown);
    assert!(futures::poll!(&mut unknown).is_pending());
    let permit = queue.admit(&brief, &unheard).await.expect("the reserve");
    assert!(permit.is_short() && !running[0].is_short());
}

#[tokio::test(start_paused = true)]
async fn a_statement_that_ran_out_of_memory_gets_twice_as_much_the_next_time() {
    let queue = queue_of(4, &settings(9, Duration::from_secs(5)));
    queue.resize(Capacity {
        slots: 4,
        reserved: 0,
        bytes: 400,
    });
    for expected in [0, 200, 400] {
        let mut permit = admit(&queue).await.expect("there is room");
        assert_eq!(permit.memory_bytes(), expected);
        permit.end(End::OutOfMemory);
    }
    let all = admit(&queue).await.expect("alone");
    let bob = job_of("bob");
    let waiting = queue.admit(&bob, &unheard);
    tokio::pin!(waiting);
    assert!(
        futures::poll!(&mut waiting).is_pending(),
        "no memory is left"
    );
    drop(all);
    assert_eq!(waiting.await.expect("its turn").memory_bytes(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_of_the_queue_is_who_runs_and_who_waits_where() {
    let queue = queue(1);
    let _running = admit(&queue).await.expect("one slot is free");
    tokio::time::advance(Duration::from_secs(1)).await;
    let bob = job_of("bob");
    let waiting = queue.admit(&bob, &unheard);
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    tokio::time::advance(Duration::from_secs(3)).await;
    let shown: Vec<_> = queue
        .shown()
        .into_iter()
        .map(|one| {
            (
                one.principal.to_string(),
                one.position,
                one.waited.as_secs(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [("ann".to_owned(), None, 0), ("bob".to_owned(), Some(1), 3)]
    );
    assert_eq!(queue.snapshot().longest_wait, Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn after_a_thousand_statements_of_any_end_all_permits_are_back() {
    let queue = queue_of(3, &settings(20, Duration::from_millis(40)));
    let mut tasks = Vec::new();
    for number in 0_u64..1000 {
        let queue = queue.clone();
        tasks.push(tavana_common::task::spawn(async move {
            let pause = |milliseconds| tokio::time::sleep(Duration::from_millis(milliseconds));
            pause(number / 4).await;
            let job = Job {
                statement: number % 7,
                ..job_of(["ann", "bob", "eve"][usize::try_from(number % 3).unwrap_or(0)])
            };
            let work = async {
                let Ok(mut permit) = queue.admit(&job, &unheard).await else {
                    return;
                };
                if number % 5 == 0 {
                    let give_up = Instant::now() + Duration::from_millis(number % 60);
                    match permit.again(give_up, &unheard).await {
                        Ok(again) => permit = again,
                        Err(_) => return,
                    }
                }
                pause(number % 11).await;
                if number % 2 == 0 {
                    permit.end(End::Well);
                }
            };
            // A client that goes away, at any moment.
            drop(tokio::time::timeout(Duration::from_millis(number % 13 + 1), work).await);
        }));
    }
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!((queue.running(), queue.waiting()), (0, 0));
    assert!(queue.shown().is_empty());
    assert!(queue.statements.lock().wakers.is_empty());
    let _permit = admit(&queue).await.expect("all slots are free");
}
