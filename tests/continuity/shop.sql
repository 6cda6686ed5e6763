CREATE TABLE kept_shop.customers (
  customer_id BIGINT, full_name STRING, email STRING, country STRING,
  remark STRING COMMENT 'What the clerk wrote.'
) USING delta;
INSERT INTO kept_shop.customers SELECT
  id + 1000,
  concat(element_at(array('Ann', 'Bob', 'Cleo'), cast(id % 3 AS INT) + 1), ' Miller'),
  concat('c', id, '@example.com'),
  element_at(array('DE', 'FR', 'NL'), cast(id % 3 AS INT) + 1),
  concat('said "', id, '"')
FROM range(12);
CREATE TABLE kept_shop.orders (
  order_id BIGINT, customer_id BIGINT, status STRING, total DECIMAL(10,2),
  ship_to STRUCT<city: STRING, place: STRUCT<lat: DOUBLE>>, lines ARRAY<STRUCT<sku: STRING>>
) USING delta COMMENT 'Orders, as the shop took them.';
INSERT INTO kept_shop.orders SELECT
  id + 50000,
  id % 12 + 1000,
  element_at(array('open', 'paid', 'sent'), cast(id % 3 AS INT) + 1),
  cast(id * 3.25 AS DECIMAL(10,2)),
  named_struct(
    'city', element_at(array('Bonn', 'Lille'), cast(id % 2 AS INT) + 1),
    'place', named_struct('lat', 50.5 + id / 8)
  ),
  array(named_struct('sku', concat('SKU-', id % 6)))
FROM range(24);
CREATE TABLE kept_shop.products (sku STRING, weight_kg DOUBLE, `net.size` STRING) USING delta;
INSERT INTO kept_shop.products SELECT concat('SKU-', id), id * 0.5, if(id % 2 = 0, 'small', 'große') FROM range(6);
CREATE TABLE kept_shop.refunds (refund_no STRING, order_id BIGINT) USING delta;
INSERT INTO kept_shop.refunds SELECT concat('R-', id), id * 3 + 50000 FROM range(8);
CREATE VIEW kept_shop.open_orders AS
SELECT order_id, customer_id, total FROM kept_shop.orders WHERE status = 'open';
