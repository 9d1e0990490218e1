-- Temporal keys (Postgres 18): WITHOUT OVERLAPS and PERIOD.
create extension btree_gist;
create schema hr;
create table hr.employee (id int, valid daterange, name text, salary numeric, constraint employee_key primary key (id, valid without overlaps));
create table hr.department (id int not null, valid daterange not null, name text, constraint department_key unique (id, valid without overlaps) deferrable initially deferred);
create table hr.assignment (
  employee_id int not null, department_id int not null, valid daterange not null, days datemultirange, share numeric default 1,
  constraint assignment_key primary key (employee_id, department_id, valid without overlaps),
  constraint assignment_employee foreign key (employee_id, period valid) references hr.employee (id, period valid)
);
create table hr.contract (id int, valid tstzrange, text text, unique (id, valid without overlaps));
create table hr.note (contract_id int, at tstzrange, foreign key (contract_id, period at) references hr.contract (id, period valid));
