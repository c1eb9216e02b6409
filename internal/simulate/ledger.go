package simulate

import (
	"bytes"
	"encoding/hex"
	"strings"

	"amend/customer"
	"amend/internal/store"
)

// A ledger is the judge's own account of every act that was committed, in order, kept
// beside the database from what each act wrote.
type ledger struct {
	acts     int
	entries  []entry
	requests []string       // filed, in order
	open     []string       // requests that may have something to do still, in order
	keys     map[string]int // idempotency key → acts stored under it
	newest   map[string]int // the last entry stored under an idempotency key
	raised   map[pair]int64 // how often a delivery was raised
	rows     map[string]int // table and id of what was written and is never deleted
	codes    map[string]code
	bases    map[customer.ID]*bases
	altered  map[string]string // record → the entry that altered it last
}

// An entry is one entry of the log as it was committed.
type entry struct {
	id, verb, record, change, prev string
	at                             int64
	leaf, effects, body            []byte
}

// A pair is one system and one record.
type pair struct{ system, record string }

// A code is a challenge as it was sent.
type code struct {
	change  string
	expires int64
	used    int
}

func newLedger() ledger {
	return ledger{
		keys: map[string]int{}, newest: map[string]int{}, raised: map[pair]int64{}, rows: map[string]int{},
		codes: map[string]code{}, bases: map[customer.ID]*bases{}, altered: map[string]string{},
	}
}

// An act is what one commit wrote, as far as the judge looks at it.
type act struct {
	node    int
	key     string // of idempotency
	entries []entry
	saved   []string        // requests that were saved
	wrote   []string        // records that were written
	raised  map[pair]bool   // deliveries
	told    map[string]bool // requests that a notice was queued for
	used    []string        // challenges and links that were spent
	loud    string          // a statement that no act may make without an entry
}

// stored is shown each act as it is committed.
func (w *world) stored(n *node, statements []store.Statement) {
	a := act{node: n.number, raised: map[pair]bool{}, told: map[string]bool{}}
	for _, st := range statements {
		w.ledger.note(&a, st)
	}
	w.ledger.acts++
	if a.key != "" {
		w.ledger.keys[a.key]++
		w.ledger.newest[a.key] = len(w.ledger.entries) - 1
	}
	if w.config.Trace != nil && len(a.entries) > 0 {
		for _, e := range a.entries {
			w.trace("  node %d stored %s %s %s", n.number, e.verb, e.change, e.record)
		}
	}
	w.judge(a)
}

// quiet begins the statements that need no entry of their own: what the program keeps for
// itself, and what became of the messages and deliveries that an entry asked for.
func quiet() []string {
	return []string{
		"INSERT INTO lease", "INSERT INTO idempotency", "DELETE FROM idempotency", "INSERT INTO guard", "DELETE FROM guard",
		"INSERT INTO entry_new", "DELETE FROM entry_new", "INSERT INTO entry_place", "INSERT INTO log_row", "INSERT INTO checkpoint", "UPDATE checkpoint", "INSERT INTO meta",
		"UPDATE notice", "INSERT INTO notice", "UPDATE delivery", "UPDATE system SET down_until", "INSERT INTO exception", "UPDATE exception",
		"INSERT INTO system_hour", "DELETE FROM system_hour", // how long deliveries waited, counted like the codes that were sent
		"UPDATE change_request SET due_at", "UPDATE change_request SET attempts", "UPDATE import_run",
		"DELETE FROM session", "DELETE FROM seeking", "DELETE FROM draft", "DELETE FROM snooze", // what is over long since
		"INSERT INTO token (hash, record_id) SELECT", "DELETE FROM token_new", "DELETE FROM token_run", // what is spooled moves to its place
	}
}

// note reads one statement into the act and the ledger.
func (l *ledger) note(a *act, st store.Statement) {
	q := strings.TrimLeft(st.Query, " \t\n")
	words := strings.Fields(q[:min(len(q), 60)])
	switch words[0] + " " + words[1] + " " + words[2] {
	case "INSERT INTO entry":
		e := entryOf(st.Args)
		a.entries = append(a.entries, e)
		l.entries = append(l.entries, e)
		return
	case "INSERT INTO change_request":
		l.requests, l.open = append(l.requests, text(st.Args[0])), append(l.open, text(st.Args[0]))
		a.saved = append(a.saved, text(st.Args[0]))
	case "UPDATE change_request SET":
		if words[3] == "state" {
			a.saved = append(a.saved, text(st.Args[0]))
		}
	case "INSERT INTO golden_record", "UPDATE golden_record SET":
		a.wrote = append(a.wrote, text(st.Args[0]))
	case "INSERT INTO delivery":
		p := pair{text(st.Args[0]), text(st.Args[1])}
		a.raised[p] = true
		l.raised[p]++
	case "INSERT INTO challenge":
		l.codes[text(st.Args[0])] = code{change: text(st.Args[1]), expires: number(st.Args[11])}
	case "UPDATE challenge SET", "UPDATE link SET":
		l.spent(a, st)
	case "INSERT INTO idempotency":
		if st.One {
			a.key = text(st.Args[0])
		}
	}
	l.keep(a, words[2], st)
	if a.loud == "" && loud(q) {
		a.loud = strings.Join(words[:3], " ")
	}
}

// keep remembers the rows that must be there for ever.
func (l *ledger) keep(a *act, table string, st store.Statement) {
	if !strings.HasPrefix(st.Query, "INSERT") {
		return
	}
	switch table {
	case "notice":
		a.told[text(st.Args[2])] = true
	case "change_request", "hold", "task", "challenge":
	default:
		return
	}
	l.rows[table+" "+text(st.Args[0])] = len(l.entries)
}

// spent notes that a code or a link was used up.
func (l *ledger) spent(a *act, st store.Statement) {
	if strings.Contains(st.Query, "UPDATE link") || text(st.Args[1]) == "used" {
		a.used = append(a.used, text(st.Args[0]))
	}
}

func loud(q string) bool {
	for _, begin := range quiet() {
		if strings.HasPrefix(q, begin) {
			return false
		}
	}
	return true
}

// entryOf reads the arguments of the statement that writes an entry.
func entryOf(args []any) entry {
	return entry{
		id: text(args[0]), at: number(args[1]), verb: text(args[2]), record: text(args[4]), change: text(args[5]),
		leaf: raw(args[6]), prev: text(args[7]), effects: raw(args[8]), body: raw(args[9]),
	}
}

// text reads an id: a text, or the hash of a link.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return hex.EncodeToString(v)
	}
	return ""
}

func number(v any) int64 {
	n, _ := v.(int64)
	return n
}

// raw copies bytes: whoever made them may use them again.
func raw(v any) []byte {
	b, _ := v.([]byte)
	return bytes.Clone(b)
}
