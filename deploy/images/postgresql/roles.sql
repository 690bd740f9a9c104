-- One database, three roles: `mcp_owner` migrates, `mcp_app` serves, `mcp_relay` ranks and does the chores.
-- Played at every start, so that a changed password is taken up. No role reaches another database: there is none.
SELECT format('CREATE ROLE %I LOGIN', role) FROM unnest(ARRAY['mcp_owner', 'mcp_app', 'mcp_relay']) AS role
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE mcp_owner PASSWORD :'owner';
ALTER ROLE mcp_app PASSWORD :'app';
ALTER ROLE mcp_relay PASSWORD :'relay';
SELECT format('CREATE DATABASE %I OWNER mcp_owner', :'base')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'base') \gexec
\connect :base
REVOKE ALL ON DATABASE :"base" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :"base" TO mcp_app, mcp_relay;
GRANT ALL ON SCHEMA public TO mcp_owner;
GRANT USAGE ON SCHEMA public TO mcp_app, mcp_relay;
-- What a migration makes can be used at once; where less is right (the journal), the migration takes it back.
ALTER DEFAULT PRIVILEGES FOR ROLE mcp_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mcp_app, mcp_relay;
ALTER DEFAULT PRIVILEGES FOR ROLE mcp_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO mcp_app, mcp_relay;
