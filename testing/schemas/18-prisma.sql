-- A Prisma application: capitals and camelCase, text ids, enums, implicit join tables.
create type "Role" as enum ('USER', 'ADMIN');
create type "OrderStatus" as enum ('PENDING', 'PAID');
create table "User" ("id" text not null, "email" text not null, "displayName" text, "role" "Role" not null default 'USER', "roles" "Role"[] default array['USER']::"Role"[], "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null, constraint "User_pkey" primary key ("id"));
create table "Post" ("id" serial not null, "title" varchar(255) not null, "published" boolean not null default false, "authorId" text not null, "meta" jsonb, "viewCount" bigint not null default 0, constraint "Post_pkey" primary key ("id"));
create table "_PostToTag" ("A" integer not null, "B" integer not null, constraint "_PostToTag_AB_pkey" primary key ("A", "B"));
create table "Tag" ("id" serial not null, "name" text not null, constraint "Tag_pkey" primary key ("id"));
create table "Order" ("id" uuid not null default gen_random_uuid(), "userId" text not null, "status" "OrderStatus" not null default 'PENDING', "Total" decimal(65, 30) not null, constraint "Order_pkey" primary key ("id"));
create table "_prisma_migrations" (id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null, logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0);
create unique index "User_email_key" on "User" ("email");
create unique index "Tag_name_key" on "Tag" ("name");
create index "_PostToTag_B_index" on "_PostToTag" ("B");
create index "Post_authorId_published_idx" on "Post" ("authorId", "published" desc);
alter table "Post" add constraint "Post_authorId_fkey" foreign key ("authorId") references "User" ("id") on delete restrict on update cascade;
alter table "_PostToTag" add constraint "_PostToTag_A_fkey" foreign key ("A") references "Post" ("id") on delete cascade on update cascade;
alter table "_PostToTag" add constraint "_PostToTag_B_fkey" foreign key ("B") references "Tag" ("id") on delete cascade on update cascade;
alter table "Order" add constraint "Order_userId_fkey" foreign key ("userId") references "User" ("id") on delete restrict on update cascade;
