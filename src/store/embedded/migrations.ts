// The embedded database's tables, as numbered forward-only steps (PRAGMA user_version counts them). A step that has been
// released is never changed; the next one goes below it.

export const migrations: readonly string[] = [
  // 1: calls with their events, recordings, access.
  `
  CREATE TABLE instance (id TEXT PRIMARY KEY, seq INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

  -- The ground truth. call_id is the call an event was told of; after a merge the call's row says where it counts.
  CREATE TABLE event (
    instance TEXT NOT NULL, call_id TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (instance, call_id, id)
  ) WITHOUT ROWID;

  -- Derived. record: what lists show (JSON); flow: steps and the reason's because (JSON). The columns beside are what is searched.
  CREATE TABLE call (
    row INTEGER PRIMARY KEY,
    instance TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL, source TEXT,
    started_at INTEGER NOT NULL, ended_at INTEGER, type TEXT NOT NULL, hangup_reason TEXT, released_by TEXT,
    caller TEXT, callee TEXT, customer TEXT, dialled_number TEXT,
    talk_ms INTEGER NOT NULL, wait_ms INTEGER NOT NULL, recorded INTEGER NOT NULL, merged_into TEXT,
    record TEXT NOT NULL, flow TEXT NOT NULL
  );
  CREATE UNIQUE INDEX call_by_id ON call (instance, id);
  CREATE INDEX call_by_start ON call (instance, started_at, id, type, hangup_reason) WHERE merged_into IS NULL;
  CREATE INDEX call_by_seq ON call (instance, seq);
  CREATE INDEX call_live ON call (instance, source) WHERE ended_at IS NULL;
  CREATE INDEX call_merged ON call (instance, merged_into) WHERE merged_into IS NOT NULL;
  CREATE INDEX call_by_caller ON call (instance, caller, started_at);
  CREATE INDEX call_by_callee ON call (instance, callee, started_at);

  CREATE TABLE call_agent (
    call INTEGER NOT NULL, agent_id TEXT NOT NULL, instance TEXT NOT NULL, started_at INTEGER NOT NULL,
    serving INTEGER NOT NULL, name_key TEXT NOT NULL,
    PRIMARY KEY (call, agent_id)
  ) WITHOUT ROWID;
  CREATE INDEX call_agent_by_agent ON call_agent (instance, agent_id, started_at);
  CREATE TABLE call_skill_group (
    call INTEGER NOT NULL, group_id TEXT NOT NULL, instance TEXT NOT NULL, started_at INTEGER NOT NULL, name TEXT,
    PRIMARY KEY (call, group_id)
  ) WITHOUT ROWID;
  CREATE INDEX call_skill_group_by_group ON call_skill_group (instance, group_id, started_at);

  -- Every name an agent or skill group ever went by; the newest last.
  CREATE TABLE agent_name (
    instance TEXT NOT NULL, agent_id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (instance, agent_id, name)
  ) WITHOUT ROWID;
  CREATE TABLE skill_group_name (
    instance TEXT NOT NULL, group_id TEXT NOT NULL, name TEXT NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (instance, group_id, name)
  ) WITHOUT ROWID;

  CREATE TABLE recording (
    instance TEXT NOT NULL, call_id TEXT NOT NULL, n INTEGER NOT NULL, state TEXT NOT NULL, path TEXT NOT NULL,
    duration_ms INTEGER NOT NULL, size_bytes INTEGER NOT NULL, channels INTEGER NOT NULL, sample_rate INTEGER NOT NULL,
    format INTEGER NOT NULL, bits_per_sample INTEGER NOT NULL, data_offset INTEGER NOT NULL, data_bytes INTEGER NOT NULL,
    header_sound INTEGER NOT NULL, sha256 TEXT NOT NULL, call_started_at INTEGER NOT NULL, stored_at INTEGER NOT NULL, origin TEXT,
    PRIMARY KEY (instance, call_id, n)
  ) WITHOUT ROWID;
  CREATE UNIQUE INDEX recording_by_origin ON recording (instance, origin) WHERE origin IS NOT NULL;
  CREATE TABLE file_aside (
    instance TEXT NOT NULL, origin TEXT NOT NULL, because TEXT NOT NULL, detail TEXT NOT NULL, since INTEGER NOT NULL,
    PRIMARY KEY (instance, origin)
  ) WITHOUT ROWID;

  CREATE TABLE user (
    id TEXT PRIMARY KEY, instance TEXT NOT NULL, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, agent_id TEXT,
    password_hash TEXT NOT NULL, must_change_password INTEGER NOT NULL, created_at INTEGER NOT NULL, disabled_at INTEGER
  ) WITHOUT ROWID;
  CREATE TABLE session (
    token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX session_by_user ON session (user_id);
  CREATE TABLE api_key (
    id TEXT PRIMARY KEY, instance TEXT NOT NULL, name TEXT NOT NULL, secret_hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL, revoked_at INTEGER, last_used_at INTEGER
  ) WITHOUT ROWID;
  `,
  // 2: what could not be taken is kept aside.
  `
  CREATE TABLE rejected (
    id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, source TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    cause TEXT NOT NULL, detail TEXT NOT NULL, raw BLOB NOT NULL
  );
  CREATE INDEX rejected_of_instance ON rejected (instance, id);
  CREATE TABLE rejected_count (
    instance TEXT NOT NULL, source TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (instance, source)
  ) WITHOUT ROWID;
  `,
  // 3: reports of the daily reconciliation.
  `
  CREATE TABLE report (
    instance TEXT NOT NULL, day TEXT NOT NULL, made_at INTEGER NOT NULL, report TEXT NOT NULL, PRIMARY KEY (instance, day)
  ) WITHOUT ROWID;
  `,
  // 4: the index that lists are walked by has every searched column in it; a call's steps lie apart, compressed once it is over.
  `
  DROP INDEX call_by_start;
  CREATE INDEX call_by_start ON call (instance, started_at, id, type, hangup_reason, caller, callee, customer, dialled_number,
    talk_ms, wait_ms, released_by, recorded, ended_at) WHERE merged_into IS NULL;
  CREATE TABLE call_flow (row INTEGER PRIMARY KEY, flow NOT NULL);
  INSERT INTO call_flow (row, flow) SELECT row, flow FROM call;
  ALTER TABLE call DROP COLUMN flow;
  `,
  // 5: who took part is told from the index alone.
  `
  DROP INDEX call_agent_by_agent;
  CREATE INDEX call_agent_by_agent ON call_agent (instance, agent_id, started_at, serving, name_key);
  DROP INDEX call_skill_group_by_group;
  CREATE INDEX call_skill_group_by_group ON call_skill_group (instance, group_id, started_at, name);
  `,
  // 6: receipts, a chain for each instance.
  `
  CREATE TABLE receipt (
    instance TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, body TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL,
    PRIMARY KEY (instance, seq)
  ) WITHOUT ROWID;
  `,
  // 7: recordings lie in a folder or in a bucket.
  `
  ALTER TABLE recording ADD COLUMN storage TEXT NOT NULL DEFAULT 'folder';
  `,
  // 8: what is heard of recordings, and which of them cannot be played yet.
  `
  ALTER TABLE recording ADD COLUMN original_sha256 TEXT;
  ALTER TABLE recording ADD COLUMN conversion TEXT;
  ALTER TABLE recording ADD COLUMN sound TEXT;
  ALTER TABLE recording ADD COLUMN talk TEXT;
  CREATE INDEX recording_without_sound ON recording (instance, stored_at)
    WHERE sound IS NULL AND conversion IS NULL AND state = 'available';
  CREATE INDEX recording_in_conversion ON recording (instance, conversion, stored_at)
    WHERE conversion IS NOT NULL AND state = 'available';
  `,
  // 9: exports: what was asked for, how far it is. The files lie below the data folder's exports/.
  `
  CREATE TABLE export (
    id TEXT PRIMARY KEY, instance TEXT NOT NULL, owner_id TEXT NOT NULL, owner_name TEXT NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL, search TEXT NOT NULL, columns TEXT NOT NULL, language TEXT NOT NULL, time_zone TEXT NOT NULL,
    plain INTEGER NOT NULL, count INTEGER, done INTEGER NOT NULL, size_bytes INTEGER NOT NULL, failure TEXT,
    created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER, expires_at INTEGER
  ) WITHOUT ROWID;
  CREATE INDEX export_of_instance ON export (instance, created_at);
  `,
  // 10: who asked for an export, as receipts name it.
  `
  ALTER TABLE export ADD COLUMN actor TEXT NOT NULL DEFAULT 'system';
  `,
  // 11: retention. What is kept and what came in is summed up as rows change, so that nothing ever counts them all.
  `
  ALTER TABLE recording ADD COLUMN group_id TEXT NOT NULL DEFAULT '';
  ALTER TABLE recording ADD COLUMN held_at INTEGER;
  -- 1: marked deleted, its file not yet known to be gone.
  ALTER TABLE recording ADD COLUMN file_due INTEGER NOT NULL DEFAULT 0;
  UPDATE recording SET group_id = coalesce((SELECT json_extract(c.record, '$.skillGroup.id') FROM call c
    WHERE c.instance = recording.instance AND c.id = recording.call_id), '');

  CREATE INDEX recording_to_go ON recording (instance, call_started_at, call_id, n, size_bytes, group_id)
    WHERE state = 'available' AND held_at IS NULL;
  CREATE INDEX recording_of_group_to_go ON recording (instance, group_id, call_started_at, call_id, n, size_bytes)
    WHERE state = 'available' AND held_at IS NULL;
  CREATE INDEX recording_held ON recording (instance, call_started_at, call_id, n, size_bytes, group_id)
    WHERE state = 'available' AND held_at IS NOT NULL;
  CREATE INDEX recording_file_due ON recording (instance, call_id, n) WHERE file_due = 1;
  CREATE INDEX recording_by_path ON recording (instance, path) WHERE state <> 'deleted' OR file_due = 1;

  CREATE TABLE recording_total (
    instance TEXT NOT NULL, group_id TEXT NOT NULL, recordings INTEGER NOT NULL, bytes INTEGER NOT NULL,
    held_recordings INTEGER NOT NULL, held_bytes INTEGER NOT NULL, PRIMARY KEY (instance, group_id)
  ) WITHOUT ROWID;
  INSERT INTO recording_total SELECT instance, group_id, count(*), sum(size_bytes), 0, 0 FROM recording
    WHERE state = 'available' GROUP BY instance, group_id;
  CREATE TABLE recording_inflow (
    instance TEXT NOT NULL, hour INTEGER NOT NULL, group_id TEXT NOT NULL, recordings INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (instance, hour, group_id)
  ) WITHOUT ROWID;
  INSERT INTO recording_inflow SELECT instance, stored_at / 3600000, group_id, count(*), sum(size_bytes) FROM recording
    WHERE stored_at > (unixepoch() - 8 * 86400) * 1000 GROUP BY 1, 2, 3;

  CREATE TRIGGER recording_came AFTER INSERT ON recording WHEN NEW.state = 'available' BEGIN
    INSERT INTO recording_total VALUES (NEW.instance, NEW.group_id, 1, NEW.size_bytes, NEW.held_at IS NOT NULL,
      CASE WHEN NEW.held_at IS NULL THEN 0 ELSE NEW.size_bytes END)
      ON CONFLICT (instance, group_id) DO UPDATE SET recordings = recordings + 1, bytes = bytes + excluded.bytes,
        held_recordings = held_recordings + excluded.held_recordings, held_bytes = held_bytes + excluded.held_bytes;
    INSERT INTO recording_inflow VALUES (NEW.instance, NEW.stored_at / 3600000, NEW.group_id, 1, NEW.size_bytes)
      ON CONFLICT (instance, hour, group_id) DO UPDATE SET recordings = recordings + 1, bytes = bytes + excluded.bytes;
  END;
  CREATE TRIGGER recording_left AFTER DELETE ON recording WHEN OLD.state = 'available' BEGIN
    UPDATE recording_total SET recordings = recordings - 1, bytes = bytes - OLD.size_bytes,
      held_recordings = held_recordings - (OLD.held_at IS NOT NULL),
      held_bytes = held_bytes - CASE WHEN OLD.held_at IS NULL THEN 0 ELSE OLD.size_bytes END
      WHERE instance = OLD.instance AND group_id = OLD.group_id;
  END;
  CREATE TRIGGER recording_changed AFTER UPDATE OF state, size_bytes, group_id, held_at ON recording
    WHEN OLD.state <> NEW.state OR OLD.size_bytes <> NEW.size_bytes OR OLD.group_id <> NEW.group_id OR OLD.held_at IS NOT NEW.held_at
  BEGIN
    UPDATE recording_total SET recordings = recordings - 1, bytes = bytes - OLD.size_bytes,
      held_recordings = held_recordings - (OLD.held_at IS NOT NULL),
      held_bytes = held_bytes - CASE WHEN OLD.held_at IS NULL THEN 0 ELSE OLD.size_bytes END
      WHERE OLD.state = 'available' AND instance = OLD.instance AND group_id = OLD.group_id;
    INSERT INTO recording_total SELECT NEW.instance, NEW.group_id, 1, NEW.size_bytes, NEW.held_at IS NOT NULL,
      CASE WHEN NEW.held_at IS NULL THEN 0 ELSE NEW.size_bytes END WHERE NEW.state = 'available'
      ON CONFLICT (instance, group_id) DO UPDATE SET recordings = recordings + 1, bytes = bytes + excluded.bytes,
        held_recordings = held_recordings + excluded.held_recordings, held_bytes = held_bytes + excluded.held_bytes;
  END;
  CREATE TRIGGER recording_marked AFTER UPDATE OF state ON recording WHEN NEW.state = 'deleted' AND OLD.state <> 'deleted' BEGIN
    UPDATE recording SET file_due = 1 WHERE instance = NEW.instance AND call_id = NEW.call_id AND n = NEW.n;
  END;
  -- Whatever goes wrong elsewhere: what is held is not deleted.
  CREATE TRIGGER recording_kept BEFORE UPDATE OF state ON recording
    WHEN NEW.state = 'deleted' AND OLD.state <> 'deleted' AND OLD.held_at IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'recording-held'); END;

  CREATE TABLE retention (
    instance TEXT PRIMARY KEY, policy TEXT NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL
  ) WITHOUT ROWID;
  `,
  // 12: notes, and the tags that were used in them.
  `
  CREATE TABLE note (
    instance TEXT NOT NULL, call_id TEXT NOT NULL, id TEXT NOT NULL, offset_ms INTEGER, text TEXT NOT NULL, tags TEXT NOT NULL,
    author TEXT NOT NULL, author_id TEXT NOT NULL, at INTEGER NOT NULL, edited_at INTEGER,
    PRIMARY KEY (instance, id)
  ) WITHOUT ROWID;
  CREATE INDEX note_of_call ON note (instance, call_id, at);
  CREATE TABLE note_tag (
    instance TEXT NOT NULL, tag TEXT NOT NULL, used_at INTEGER NOT NULL, PRIMARY KEY (instance, tag)
  ) WITHOUT ROWID;
  CREATE INDEX note_tag_by_use ON note_tag (instance, used_at);
  `,
  // 13: customers who were missed and not reached since (unreached/unreached.ts), worked out of the calls there are.
  `
  CREATE TABLE unreached (
    instance TEXT NOT NULL, number TEXT NOT NULL, call INTEGER NOT NULL, started_at INTEGER NOT NULL, reason TEXT NOT NULL,
    wait_ms INTEGER NOT NULL, PRIMARY KEY (instance, number, call)
  ) WITHOUT ROWID;
  CREATE TEMP TABLE reached AS SELECT instance, customer, max(started_at) AS at FROM call INDEXED BY call_by_start
    WHERE merged_into IS NULL AND type != 'internal' AND hangup_reason = 'normal' AND customer IS NOT NULL
    GROUP BY instance, customer;
  CREATE UNIQUE INDEX temp.reached_number ON reached (instance, customer);
  INSERT INTO unreached SELECT call.instance, call.customer, row, started_at, hangup_reason, wait_ms
    FROM call LEFT JOIN reached USING (instance, customer)
    WHERE merged_into IS NULL AND type != 'internal' AND started_at > coalesce(at, -1)
      AND hangup_reason IN ('abandoned-in-queue', 'abandoned-while-ringing', 'queue-timeout', 'abandoned-in-ivr')
      AND length(call.customer) BETWEEN 3 AND 21 AND ltrim(call.customer, '+') NOT GLOB '*[^0-9]*';
  DROP TABLE reached;
  `,
  // 14: searches with a name, and what people have arranged for themselves.
  `
  CREATE TABLE view (
    instance TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL,
    shared INTEGER NOT NULL, created_at INTEGER NOT NULL, PRIMARY KEY (instance, id)
  ) WITHOUT ROWID;
  CREATE TABLE preference (
    instance TEXT NOT NULL, user_id TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (instance, user_id, name)
  ) WITHOUT ROWID;
  `,
  // 15: when a recording's bytes were last held against its hash; recordings in the order of their calls.
  `
  ALTER TABLE recording ADD COLUMN verified_at INTEGER;
  CREATE INDEX recording_by_verified ON recording (instance, coalesce(verified_at, stored_at)) WHERE state <> 'deleted';
  CREATE INDEX recording_by_start ON recording (instance, call_started_at, call_id, n) WHERE state <> 'deleted';
  `,
  // 16: files that no row points to any more, and files due to be removed by the storage they lie in; recordings to be
  // verified by storage, too, so that one that is away keeps no other waiting.
  `
  -- due_at: 0: at once; later: a copy on its way, whose row will point to it by then or never.
  CREATE TABLE loose_file (
    instance TEXT NOT NULL, storage TEXT NOT NULL, path TEXT NOT NULL, due_at INTEGER NOT NULL, taken_at INTEGER,
    PRIMARY KEY (instance, storage, path, due_at)
  ) WITHOUT ROWID;
  CREATE TRIGGER recording_replaced AFTER UPDATE OF storage, path ON recording
    WHEN OLD.storage <> NEW.storage OR OLD.path <> NEW.path
  BEGIN
    INSERT OR IGNORE INTO loose_file (instance, storage, path, due_at) VALUES (OLD.instance, OLD.storage, OLD.path, 0);
  END;
  CREATE TRIGGER recording_gave_way AFTER DELETE ON recording WHEN OLD.state <> 'deleted' OR OLD.file_due = 1 BEGIN
    INSERT OR IGNORE INTO loose_file (instance, storage, path, due_at) VALUES (OLD.instance, OLD.storage, OLD.path, 0);
  END;
  DROP INDEX recording_file_due;
  CREATE INDEX recording_file_due ON recording (instance, storage, call_id, n, size_bytes) WHERE file_due = 1;
  ALTER TABLE recording ADD COLUMN looked_at INTEGER;
  UPDATE recording SET looked_at = verified_at WHERE verified_at IS NOT NULL;
  DROP INDEX recording_by_verified;
  CREATE INDEX recording_by_look ON recording (instance, storage, coalesce(looked_at, stored_at)) WHERE state <> 'deleted';
  `,
  // 17: by which key the file of a recording is encrypted; '': it is not.
  `
  ALTER TABLE recording ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
  CREATE INDEX recording_by_key ON recording (instance, key_id, call_started_at, call_id, n, size_bytes)
    WHERE state <> 'deleted';
  DROP INDEX recording_by_look;
  CREATE INDEX recording_by_look ON recording (instance, storage, key_id, coalesce(looked_at, stored_at))
    WHERE state <> 'deleted';
  `,
  // 18: receipts of one call.
  `
  CREATE INDEX receipt_of_call ON receipt (instance, json_extract(body, '$.callId'), seq)
    WHERE json_extract(body, '$.callId') IS NOT NULL;
  `,
  // 19: calls by the tags of their notes.
  `
  CREATE TABLE call_tag (
    instance TEXT NOT NULL, tag_key TEXT NOT NULL, call_id TEXT NOT NULL, note_id TEXT NOT NULL, tag TEXT NOT NULL,
    PRIMARY KEY (instance, tag_key, call_id, note_id)
  ) WITHOUT ROWID;
  CREATE INDEX call_tag_of_call ON call_tag (instance, call_id, tag_key, tag);
  INSERT OR IGNORE INTO call_tag (instance, tag_key, call_id, note_id, tag)
    SELECT note.instance, lower(tag.value), note.call_id, note.id, tag.value FROM note, json_each(note.tags) AS tag;
  `,
  // 20: for whom the numbers of people are masked.
  `
  ALTER TABLE user ADD COLUMN masks_numbers INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE api_key ADD COLUMN masks_numbers INTEGER NOT NULL DEFAULT 0;
  `,
  // 21: sessions that look at sample calls; names given to agents and skill groups by hand.
  `
  ALTER TABLE session ADD COLUMN sample INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE given_name (
    instance TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT, hidden INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL, PRIMARY KEY (instance, kind, id)
  ) WITHOUT ROWID;
  `,
]
