{{ config(materialized='table') }}
select customer, count(*) as orders, sum(amount) as total, max(ordered_on) as last_order
from {{ ref('large_orders') }}
group by customer
