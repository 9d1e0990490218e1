-- Functions with SQL-standard bodies, which Postgres tracks: they and the views they read depend on each other in chains.
create schema calc;
create table calc.rate (currency text primary key, factor numeric not null);
create function calc.rate_of(c text) returns numeric language sql stable begin atomic select factor from calc.rate where currency = c; end;
create function calc.convert(amount numeric, source text, target text) returns numeric language sql stable return amount * calc.rate_of(source) / calc.rate_of(target);
create view calc.rates as select currency, calc.convert(1, currency, 'EUR') as in_eur from calc.rate;
create function calc.best() returns text language sql stable begin atomic select currency from calc.rates order by in_eur desc limit 1; end;
create view calc.summary as select calc.best() as best, (select count(*) from calc.rates) as n;
create table calc.price (id int primary key, amount numeric check (calc.convert(amount, 'EUR', 'EUR') is not null), currency text default calc.best() references calc.rate, a int, b int);
create procedure calc.set_rate(c text, f numeric) language sql begin atomic
  insert into calc.rate values (c, f) on conflict (currency) do update set factor = excluded.factor;
  update calc.price set amount = amount * f where currency = c;
  delete from calc.price where amount < 0;
end;
create function calc.prices() returns setof calc.price language sql stable begin atomic select * from calc.price; end;
create function calc.pair(calc.price) returns int language sql immutable return $1.a + $1.b;
create index price_pair on calc.price ((a + b));
create view calc.with_pair as select p.id, calc.pair(p.*) as pair from calc.price p;
create policy visible on calc.price using (currency = calc.best());
