select id, customer, coalesce(amount, 0) as amount, ordered_on
from {{ ref('raw_orders') }}
