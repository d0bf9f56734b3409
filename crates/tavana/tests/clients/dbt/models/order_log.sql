{{ config(materialized='incremental', unique_key='id') }}
select id, customer, amount, ordered_on
from {{ ref('orders') }}
{% if is_incremental() %}
where id >= (select max(id) from {{ this }})
{% else %}
where id <= {{ var('first_orders', 3) }}
{% endif %}
