package api_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"amend/access"
)

var update = flag.Bool("update", false, "write testdata/matrix.golden anew, to be read by a person")

// nowhere is a well-formed id of nothing.
const nowhere = "06eaohgl00538co77jrf"

// TestMatrixOfRolesAndOperationsIsAsReviewed asks every operation as every role, about
// things that do not exist: whoever may, hears that; whoever may not, hears so first.
func TestMatrixOfRolesAndOperationsIsAsReviewed(t *testing.T) {
	w := newWorld(t)
	doc := w.document()
	var lines []string
	for path, methods := range doc.Paths {
		for method, op := range methods {
			var body map[string]any
			if op.RequestBody != nil {
				body, _ = doc.example(op.RequestBody.Content["application/json"].Schema, nowhere).(map[string]any)
			}
			if strings.HasSuffix(path, "/decide") {
				body["outcome"] = "keep"
			}
			if strings.HasSuffix(path, "/attest") {
				body["kind"] = "sighted"
			}
			if path == "/systems" && method == "post" {
				body["kinds"] = []any{} // nothing is connected
			}
			if path == "/customers" && method == "post" {
				body["items"] = []any{} // nothing is filed
			}
			delete(body, "name") // of a search: one key only
			real := strings.NewReplacer("{id}", nowhere, "{record}", nowhere).Replace(path)
			if path == "/imports" {
				real += "?mode=migration&name=x"
			}
			lines = append(lines, strings.ToUpper(method)+" "+path+" "+w.row(strings.ToUpper(method), real, encoded(body)))
		}
	}
	slices.Sort(lines)
	got := strings.Join(lines, "\n") + "\n"
	if *update {
		w.must(os.WriteFile("testdata/matrix.golden", []byte(got), 0o644))
	}
	want, err := os.ReadFile("testdata/matrix.golden")
	w.must(err)
	if got != string(want) {
		t.Errorf("the matrix has moved; read it, then run with -update:\n%s", got)
	}
}

// row is who may: roles by name, and the customer whom a client vouches for.
func (w *world) row(method, path, body string) string {
	var may []string
	for _, role := range access.Roles() {
		if w.passes(w.call(w.tokens[role], method, path, body)) {
			may = append(may, string(role))
		}
	}
	if w.passes(w.call(w.tokens[access.Portal], method, path, body, header("Amend-Customer", nowhere))) {
		may = append(may, "customer")
	}
	return fmt.Sprint(may)
}

func (w *world) passes(a answer) bool {
	w.t.Helper()
	if a.Status >= 500 {
		w.t.Errorf("%s: %d %s", a.what, a.Status, a.Raw)
	}
	return a.Status != 401 && a.Status != 403
}

// counts is how many rows every table has.
func (w *world) counts() string {
	w.t.Helper()
	var out strings.Builder
	for _, table := range []string{
		"meta", "golden_record", "record_key", "token", "relation", "change_request", "challenge", "guard", "link", "actor", "credential", "absence",
		"document", "entry", "log_row", "checkpoint", "system", "delivery", "exception", "hold", "notice", "task", "idempotency", "import_run", "lease",
	} {
		var n int64
		w.must(w.Store.Row(w.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n))
		fmt.Fprintf(&out, "%s %d\n", table, n)
	}
	var revisions, used int64
	w.must(w.Store.Row(w.t.Context(), "SELECT COALESCE(SUM(revision), 0) FROM change_request").Scan(&revisions))
	w.must(w.Store.Row(w.t.Context(), "SELECT COUNT(*) FROM link WHERE used_at IS NOT NULL").Scan(&used))
	return out.String() + fmt.Sprintf("revisions %d, links used %d", revisions, used)
}

func TestGetChangesNothing(t *testing.T) {
	eachWorld(t, func(w *world) {
		w.connect()
		record, request := w.customer("王小芳", "13800138000")
		w.settle()
		link := w.plainLink("+8613800138000", "Follow it:")
		before := w.counts()
		for path, methods := range w.document().Paths {
			if _, ok := methods["get"]; !ok {
				continue
			}
			for prefix, id := range map[string]string{"/changes/": request, "/customers/": record, "/systems/": "crm"} {
				if strings.HasPrefix(path, prefix) {
					path = strings.ReplaceAll(path, "{id}", id)
				}
			}
			tokens := []string{w.tokens[access.Steward], w.tokens[access.Integrator], w.tokens[access.Operator], link, link}
			if strings.HasSuffix(path, "/receipt") {
				tokens = []string{link, link} // staff who fetch one leave an entry: the next test
			}
			for _, token := range tokens {
				for range 2 {
					if a := w.call(token, "GET", path, "", header("Idempotency-Key", "k")); a.Status >= 500 {
						w.t.Errorf("%s: %d %s", path, a.Status, a.Raw)
					}
				}
			}
		}
		if after := w.counts(); after != before {
			w.t.Errorf("before %s\nafter %s", before, after)
		}
	})
}

func TestReceiptHandedToStaffLeavesOneEntryAndNothingElse(t *testing.T) {
	eachWorld(t, func(w *world) {
		_, request := w.customer("王小芳", "13800138000")
		w.settle()
		before := w.entries()
		w.get(access.Steward, "/changes/"+request+"/receipt").is(200)
		if after := w.entries(); after != before+1 {
			w.t.Errorf("%d entries before, %d after: want one more", before, after)
		}
		w.get(access.Integrator, "/changes/"+request+"/receipt").fails(403, "not_allowed")
		if after := w.entries(); after != before+1 {
			w.t.Errorf("a refused read left an entry")
		}
	})
}

// entries counts the log.
func (w *world) entries() (n int64) {
	w.t.Helper()
	if err := w.Store.Row(w.t.Context(), `SELECT COUNT(*) FROM entry`).Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}
