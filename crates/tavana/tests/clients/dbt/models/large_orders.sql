{{ config(materialized='ephemeral') }}
select * from {{ ref('orders') }} where amount >= 5
