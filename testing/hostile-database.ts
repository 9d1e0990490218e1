// A database whose owner lies in wait: every function, operator and catalog of Postgres has a namesake that fails, and the search path finds the namesakes
// first. Whoever asks the catalog without naming pg_catalog falls into it, as a superuser would who looks at somebody else's database.
import type { Session } from '#postgres/node/session.ts'

/** The message of all that fails. */
export const SPRUNG = 'The trap is sprung'

/** Sets the trap for all sessions that are opened from now on. */
export async function setTrap(session: Session, database: string): Promise<void> {
  await session.query(TRAP)
  await session.query(`alter database "${database}" set search_path = trap, public, pg_catalog`)
}

const TRAP = `
create schema trap;
grant usage on schema trap to public;
do $do$
declare
  it record;
begin
  for it in
    select p.oid, p.proname, pg_get_function_identity_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result, p.proretset
    from pg_proc p where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind = 'f' and p.provariadic = 0
      and not exists (select from unnest(p.proargtypes) t join pg_type y on y.oid = t where y.typname in ('internal', 'cstring', 'any') )
  loop
    begin
      execute format('create function trap.%I(%s) returns %s language plpgsql as $f$ begin raise exception %L; end $f$',
        it.proname, regexp_replace(it.arguments, '(^|, )OUT .*', ''), case when it.result ~* '^table|record' then 'setof record' else it.result end, '${SPRUNG}: ' || it.proname);
    exception when others then null;
    end;
  end loop;
  for it in
    select o.oprname, o.oprleft, o.oprright, o.oprresult, o.oprleft::regtype as l, o.oprright::regtype as r, o.oprresult::regtype as result
    from pg_operator o where o.oprnamespace = 'pg_catalog'::regnamespace and o.oprleft <> 0
    union
    select names.oprname, l.oid, r.oid, 'bool'::regtype, l.oid::regtype, r.oid::regtype, 'bool'::regtype
    from (values ('='), ('<>'), ('~'), ('!~'), ('||')) names (oprname),
      pg_type l, pg_type r
    where l.typname in ('oid', 'regclass', 'regtype', 'regnamespace', 'name', 'text', 'char', 'int2', 'int4', 'int8', 'varchar')
      and r.typname in ('oid', 'regclass', 'regtype', 'regnamespace', 'name', 'text', 'char', 'int2', 'int4', 'int8', 'varchar')
  loop
    begin
      execute format('create function trap.%I(%s, %s) returns %s language plpgsql as $f$ begin raise exception %L; end $f$',
        'operator ' || it.oprname, it.l, it.r, it.result, '${SPRUNG}: ' || it.oprname);
    exception when others then null;
    end;
    begin
      execute format('create operator trap.%s (leftarg = %s, rightarg = %s, function = trap.%I)', it.oprname, it.l, it.r, 'operator ' || it.oprname);
    exception when others then null;
    end;
  end loop;
  create function trap.rows() returns bool language plpgsql as $f$ begin raise exception '${SPRUNG}: a catalog'; end $f$;
  for it in
    select c.relname from pg_class c where c.relnamespace = 'pg_catalog'::regnamespace and c.relkind in ('r', 'v')
  loop
    begin
      execute format('create view trap.%I as select * from pg_catalog.%I where trap.rows()', it.relname, it.relname);
    exception when others then null;
    end;
  end loop;
end
$do$;
`
