package console_test

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
	"amend/internal/store"
)

func TestAuditorReadsSentencesAndNoValue(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	r := w.file("ada", fang, "phone", "13911112222")
	w.settle()
	audrey := w.in("audrey")
	audrey.get("/audit").is(200).says("ada filed the request", "Amend issued credentials").hides("13911112222", "13800138000", "王小芳", "fang@example.com", "lost handset")

	standing, err := w.reader.Standing(t.Context(), w.staff["sue"], r)
	w.ok(err)
	for _, query := range []string{"ref=" + standing.Ref, "record=" + string(fang), "who=" + w.staff["ada"].ID + "&verb=propose"} {
		if a := audrey.get("/audit?" + query).is(200).says("ada filed the request"); strings.Contains(a.text(), "Amend issued credentials") {
			t.Errorf("%s narrows nothing", query)
		}
	}
	audrey.get("/audit?until=2026-03-01").is(200).says("No entry matches")
	audrey.get("/audit?from=2026-03-02&until=2026-03-02").is(200).says("ada filed the request")
	audrey.get("/audit?ref=REQ-NOPE").is(422).says("There's no request with this reference")
	audrey.get("/audit?from=soon").is(422).says("Write the date as YYYY-MM-DD")
	w.in("ada").get("/audit").is(403).says("Auditor")
}

func TestLogIsPagedWithoutAGap(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	for range 30 {
		w.self(fang, "preferred_name", "Fang")
		w.self(fang, "preferred_name", "Xiaofang")
	}
	w.settle()
	audrey, seen := w.in("audrey"), map[string]bool{}
	for path := "/audit"; path != ""; {
		a := audrey.get(path).is(200)
		for _, m := range regexp.MustCompile(`/console/audit/([0-9a-v]{20})"`).FindAllStringSubmatch(a.Body, -1) {
			if seen[m[1]] {
				t.Fatalf("%s stands twice", m[1])
			}
			seen[m[1]] = true
		}
		path = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(a.Body); m != nil {
			path = html.UnescapeString(m[1])
		}
	}
	var n int
	w.ok(w.Store.View(t.Context()).Row(`SELECT COUNT(*) FROM entry`).Scan(&n))
	if len(seen) != n {
		t.Errorf("%d of %d entries are shown", len(seen), n)
	}
}

// proofOf reads from an entry's page what the reader's browser computes the proof from.
func proofOf(a answer, name string) string {
	a.t.Helper()
	m := regexp.MustCompile(`data-` + name + `="([^"]*)"`).FindStringSubmatch(a.Body)
	if m == nil {
		a.t.Fatalf("%s has no data-%s", a.what, name)
	}
	return html.UnescapeString(m[1])
}

func TestEntryIsProvenHereAndByWhatThePageCarries(t *testing.T) {
	w := newWorld(t)
	w.file("ada", w.fang(), "phone", "13911112222")
	w.settle()
	audrey := w.in("audrey")
	page, err := w.reader.Entries(t.Context(), w.staff["audrey"], store.EntryFilter{Verb: "propose"}, store.Slice{})
	w.ok(err)
	entry := page.Items[0].Entry
	a := audrey.get("/audit/"+entry).is(200).says("ada filed the request", "Record intact, checked", "No witness is set up", "amend log verify --key").hides("13911112222")
	if !strings.Contains(a.Body, "/static/proof.") {
		t.Error("the page brings no script")
	}

	// What a browser computes from the page is what the server computed.
	log, err := note.NewVerifier(proofOf(a, "log-key"))
	w.ok(err)
	head, _, err := audit.OpenCheckpoint([]byte(proofOf(a, "note")), log)
	w.ok(err)
	var bundle struct {
		store.LogProof
		Key string `json:"log_key"`
	}
	w.ok(json.Unmarshal([]byte(audrey.get("/audit/"+entry+"/proof.json").is(200).Body), &bundle))
	w.ok(bundle.Proof.Check(head.Size, head.Root, bundle.Pos, tlog.RecordHash(bundle.Leaf)))
	path := make([]string, len(bundle.Proof))
	for i, h := range bundle.Proof {
		path[i] = h.String()
	}
	if proofOf(a, "path") != strings.Join(path, " ") || bundle.Key != proofOf(a, "log-key") || proofOf(a, "leaf") == "" {
		t.Error("the page and the bundle differ")
	}
	w.in("ada").get("/audit/" + entry + "/proof.json").is(403)
	audrey.get("/audit/nothing").is(404)
}

func TestEntryWithoutAPlaceWaits(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.file("ada", w.fang(), "phone", "13911112222")
	page, err := w.reader.Entries(t.Context(), w.staff["audrey"], store.EntryFilter{Verb: "propose"}, store.Slice{})
	w.ok(err)
	audrey := w.in("audrey")
	audrey.get("/audit").is(200).says("No place yet")
	audrey.get("/audit/" + page.Items[0].Entry).is(200).says("Waiting to be signed, about a minute").hides("data-leaf")
}

func TestAlteredEntryIsSaidOnItsPage(t *testing.T) {
	w := newWorld(t)
	w.settle()
	w.file("ada", w.fang(), "phone", "13911112222")
	w.settle()
	page, err := w.reader.Entries(t.Context(), w.staff["audrey"], store.EntryFilter{Verb: "propose"}, store.Slice{})
	w.ok(err)
	id := page.Items[0].Entry
	w.alter(`DROP TRIGGER place_moved`)
	w.alter(`DROP TRIGGER place_deleted`)
	w.alter(`DELETE FROM entry_place WHERE entry_id = $1`, id)
	w.alter(`UPDATE entry_place SET entry_id = $1 WHERE pos = 2`, id) // it now claims another's place
	w.in("audrey").get("/audit/"+id).is(200).says("Record doesn't match", "Contact security now, and don't restart")
}

// alter runs one statement behind the product's back.
func (w *world) alter(q string, args ...any) {
	w.t.Helper()
	w.ok(w.Store.Write(w.t.Context(), "", func(tx *store.Tx) error {
		tx.Exec(q, args...)
		return nil
	}))
}

func TestEveryCheckpointIsCheckedAndOneThatWasRewrittenIsSaid(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	w.settle()
	for range 3 {
		w.self(fang, "preferred_name", "Fang")
		w.self(fang, "preferred_name", "Xiaofang")
		w.later(time.Minute)
	}
	audrey := w.in("audrey")
	a := audrey.get("/audit/checkpoints").is(200).says("The first", "Has all of it", "Valid").hides("Was rewritten", "Doesn't hold")
	if n := strings.Count(a.text(), "Has all of it"); n < 3 {
		t.Errorf("%d heads extend the one before", n)
	}
	w.alter(`UPDATE checkpoint SET note = (SELECT note FROM checkpoint ORDER BY size LIMIT 1) WHERE size = (SELECT MAX(size) FROM checkpoint)`)
	audrey.get("/audit/checkpoints").is(200).says("Was rewritten", "Record doesn't match")
}
