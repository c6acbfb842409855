-- Notes in PostgreSQL, 13 or newer, and what `skein knowledge worker` needs beside them. It is an example as a whole:
-- take the first part as you have it already, the second as it is, and the third with the name of your role.

-- 1. Notes, and the outbox that says what happened to them (reference/003).
--    A view may stand for either. The type of `id` is yours.

CREATE TABLE notes (
  id text PRIMARY KEY,
  -- Markdown.
  content text NOT NULL,
  deleted boolean NOT NULL DEFAULT false
);

CREATE TABLE outbox (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_type text NOT NULL CHECK (event_type IN ('NoteCreated', 'NoteUpdated', 'NoteDeleted', 'NoteRestored')),
  note_id text NOT NULL,
  user_id text,
  timestamp timestamptz NOT NULL DEFAULT now(),
  -- Numbers of a sequence are committed out of order; by this the worker knows that it missed none.
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX outbox_by_transaction ON outbox (transaction_id);

-- An application may write the outbox itself, in the transaction that changes the note.
CREATE FUNCTION tell_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (event_type, note_id, user_id) VALUES (
    CASE
      WHEN TG_OP = 'INSERT' THEN 'NoteCreated'
      WHEN TG_OP = 'DELETE' OR (NEW.deleted AND NOT OLD.deleted) THEN 'NoteDeleted'
      WHEN OLD.deleted AND NOT NEW.deleted THEN 'NoteRestored'
      ELSE 'NoteUpdated'
    END,
    coalesce(NEW.id, OLD.id),
    current_user);
  -- Wakes the workers. They look by themselves, too, so it may be left out.
  PERFORM pg_notify('skein_outbox', '');
  RETURN NULL;
END $$;

CREATE TRIGGER notes_tell_outbox AFTER INSERT OR UPDATE OR DELETE ON notes
  FOR EACH ROW EXECUTE FUNCTION tell_outbox();

-- 2. What the workers remember. All of it can be thrown away: then every note is looked at again.

CREATE SCHEMA skein;

-- One row for each index that workers fill. All transactions before `heard` have ended, and their events were heard.
CREATE TABLE skein.indexes (
  index_name text PRIMARY KEY,
  heard xid8 NOT NULL DEFAULT '0',
  -- Which server and database that was: another one in its place, from a backup say, is noticed.
  outbox_name text NOT NULL DEFAULT '',
  compared_at timestamptz
);

-- Events that were heard, of transactions that are not before `indexes.heard`.
CREATE TABLE skein.heard (
  index_name text NOT NULL REFERENCES skein.indexes ON DELETE CASCADE,
  event_id bigint NOT NULL,
  transaction_id xid8 NOT NULL,
  PRIMARY KEY (index_name, event_id)
);

-- A note is due while it has more news than are done, and from `next_at` on. Until then it waits after a failure, or is
-- leased by the worker in `taken_by`. `fence` grows with each lease. `content` is the SHA-256 of the text that is indexed.
CREATE TABLE skein.queue (
  index_name text NOT NULL REFERENCES skein.indexes ON DELETE CASCADE,
  note_id text NOT NULL,
  news bigint NOT NULL DEFAULT 1,
  done bigint NOT NULL DEFAULT 0,
  content text,
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  taken_by text,
  fence bigint NOT NULL DEFAULT 0,
  failures int NOT NULL DEFAULT 0,
  failing_since timestamptz,
  problem jsonb,
  PRIMARY KEY (index_name, note_id)
);
CREATE INDEX queue_due ON skein.queue (index_name, next_at) WHERE news > done;

-- 3. The role of the workers: it reads notes and outbox, and writes nothing but its own tables.
--    Make it before, with a password of yours: CREATE ROLE skein_worker LOGIN PASSWORD '…';

GRANT SELECT ON notes, outbox TO skein_worker;
GRANT USAGE ON SCHEMA skein TO skein_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA skein TO skein_worker;
