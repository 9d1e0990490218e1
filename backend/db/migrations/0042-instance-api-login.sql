-- How the service logs in to serve the data API: the password of the role `authenticator`, sealed as the superuser's is. Null until the instance
-- was prepared for it. `api_preparation` names what was done; an instance that was prepared differently is prepared again.
alter table instance add column authenticator_password bytea, add column api_preparation text;
