package doctortest

import (
	"crypto/rand"
	"os"
	"strings"
	"time"

	"amend/internal/doctor"
	"amend/internal/keys"
)

// placeDamages are around the database: its key, its witness, its disk, its clock, its
// settings and its file.
func placeDamages() []Damage {
	return append(fileDamages(), []Damage{
		{Name: "the disk is nearly full", Want: "disk_tight", Lite: true, Plant: func(h *House, _ int) (string, func()) {
			was := h.room
			h.room = doctor.Room{Free: 100 << 20, Total: 1 << 40}
			return "", func() { h.room = was }
		}},
		{Name: "the clock went back", Want: "clock_back", Plant: func(h *House, _ int) (string, func()) {
			was := h.Now
			h.Now = was.Add(-time.Hour)
			return "", func() { h.Now = was }
		}},
		{Name: "an old copy of the database is put back", Want: "witness_ahead", Plant: func(h *House, _ int) (string, func()) {
			now := h.Everything()
			h.PutBack(h.Before)
			return "", func() { h.PutBack(now) }
		}},
		{Name: "commits don't wait for the disk", Want: "settings_unsafe", Post: true, Plant: func(h *House, _ int) (string, func()) {
			h.Do(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`)
			return "synchronous_commit=off", func() {
				h.Do(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET synchronous_commit', current_database()); END $$`)
			}
		}},
		{Name: "a trigger is dropped", Want: "schema_wrong", Plant: func(h *House, pick int) (string, func()) {
			return h.withoutTrigger(pick)
		}},
		{Name: "a trigger is made to do nothing", Want: "schema_wrong", Lite: true, Plant: func(h *House, pick int) (string, func()) {
			name, undo := h.withoutTrigger(pick)
			h.Do(`CREATE TRIGGER ` + name + ` BEFORE UPDATE ON entry WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'a log entry is final'); END`)
			return name, func() {
				h.Do(`DROP TRIGGER ` + name)
				undo()
			}
		}},
		{Name: "a trigger is switched off", Want: "schema_wrong", Post: true, Plant: func(h *House, _ int) (string, func()) {
			h.Do(`ALTER TABLE entry DISABLE TRIGGER entry_final`)
			return "entry_final", func() { h.Do(`ALTER TABLE entry ENABLE TRIGGER entry_final`) }
		}},
		{Name: "an index is dropped", Want: "schema_wrong", Plant: func(h *House, _ int) (string, func()) {
			h.Do(`DROP INDEX exception_open`)
			return "exception_open", func() {
				h.Do(`CREATE UNIQUE INDEX exception_open ON exception (system_id, record_id) WHERE resolved_at IS NULL`)
			}
		}},
		{Name: "the file is damaged", Want: "corrupt", May: []string{"unread"}, Lite: true, Plant: (*House).scratch},
	}...)
}

func (h *House) withoutTrigger(pick int) (string, func()) {
	if h.Lite {
		t := pickOf(h.Rows("sqlite_master", `type = 'trigger'`), pick)
		name, made := t.Of("name").(string), t.Of("sql").(string)
		h.Do(`DROP TRIGGER ` + name)
		return name, func() { h.Do(made) }
	}
	table := pickOf(finalTables(), pick)
	name := map[string]string{"entry": "entry_final", "entry_place": "place_final"}[table]
	h.Do(`DROP TRIGGER ` + name + ` ON ` + table)
	return name, func() {
		h.Do(`CREATE TRIGGER ` + name + ` BEFORE UPDATE OR DELETE ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION log_is_final()`)
	}
}

// scratch overwrites one page of the file, not the first, with noise.
func (h *House) scratch(pick int) (string, func()) {
	h.Do(`VACUUM`) // a page that nothing stands on is no loss
	h.Do(`PRAGMA wal_checkpoint(TRUNCATE)`)
	h.Must(h.DB.Close())
	undo := h.KeepFile(h.File())
	f, err := os.OpenFile(h.File(), os.O_RDWR, 0)
	h.Must(err)
	info, err := f.Stat()
	h.Must(err)
	const page = 4096
	noise := make([]byte, page)
	_, err = rand.Read(noise)
	h.Must(err)
	noise[0] = 0xff // no kind of page begins like this
	_, err = f.WriteAt(noise, (1+int64(pick)%(info.Size()/page-1))*page)
	h.Must(err)
	h.Must(f.Close())
	return "", func() {
		undo()
		for _, beside := range []string{"-wal", "-shm"} {
			if err := os.Remove(h.File() + beside); !os.IsNotExist(err) {
				h.Must(err)
			}
		}
		h.connect()
	}
}

func fileDamages() []Damage {
	key := func(name, want string, do func(h *House)) Damage {
		return Damage{Name: name, Want: want, Plant: func(h *House, _ int) (string, func()) {
			undo := h.KeepFile(h.KeyFile)
			do(h)
			return "", undo
		}}
	}
	safe := func(name, want string, do func(h *House)) Damage {
		return Damage{Name: name, Want: want, Plant: func(h *House, _ int) (string, func()) {
			head, own := h.KeepFile(h.Witness), h.KeepFile(h.Witness+".key")
			do(h)
			return "", func() { head(); own() }
		}}
	}
	return []Damage{
		key("the master key is lost", "key_missing", func(h *House) { h.Must(os.Remove(h.KeyFile)) }),
		key("everybody may read the master key", "key_permissions", func(h *House) { h.Must(os.Chmod(h.KeyFile, 0o644)) }),
		key("the master key is damaged", "key_unreadable", func(h *House) { h.Must(os.WriteFile(h.KeyFile, []byte("amend-key-1 x y\n"), 0o600)) }),
		key("it is another master key", "key_wrong", func(h *House) {
			h.Must(os.Remove(h.KeyFile))
			_, err := keys.CreateFile(h.KeyFile, rand.Reader)
			h.Must(err)
		}),
		safe("the witness's disk is away", "witness_empty", func(h *House) {
			h.Must(os.Remove(h.Witness))
			h.Must(os.Remove(h.Witness + ".key"))
		}),
		safe("the witness's key is lost", "witness_key_missing", func(h *House) { h.Must(os.Remove(h.Witness + ".key")) }),
		safe("the witness's key is damaged", "witness_key_unreadable", func(h *House) { h.Must(os.WriteFile(h.Witness+".key", []byte("x"), 0o600)) }),
		safe("the witness's memory is edited", "witness_other_log", func(h *House) {
			text, err := os.ReadFile(h.Witness)
			h.Must(err)
			h.Must(os.WriteFile(h.Witness, []byte(strings.Replace(string(text), "at 2", "at 3", 1)), 0o600))
		}),
		{Name: "the witness stopped listening", Want: "witness_stale", Plant: func(h *House, _ int) (string, func()) {
			undo, was := h.KeepFile(h.Witness), h.Now
			h.Must(os.WriteFile(h.Witness, h.Early, 0o600))
			h.Now = was.Add(10 * time.Minute)
			return "", func() { undo(); h.Now = was }
		}},
		{Name: "nobody knows whose database it is", Want: "key_unknown", Plant: func(h *House, _ int) (string, func()) {
			undo := h.Keep("meta")
			h.Do(`DELETE FROM meta WHERE name = 'key_fingerprint'`)
			return "", undo
		}},
	}
}
