package api_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"amend/access"
)

func TestStatusLinkShowsItsOwnSubmissionAndNothingElse(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, created := w.customer("王小芳", "13800138000")
		w.Clock.Add(45 * 24 * time.Hour)
		wish := w.wish(record, "tea")
		w.settle()
		w.Clock.Add(time.Hour)
		w.settle()
		token := w.plainLink("+8613800138000", w.ref(wish))

		c := w.call(token, "GET", "/changes/"+wish, "").is(200)
		if c.text("content_hash") != "" || strings.Contains(string(c.Raw), "The agent") {
			w.t.Errorf("a link shows the inside: %s", c.Raw)
		}
		if list := w.call(token, "GET", "/changes", "").is(200); list.length("items") != 1 || list.text("items", 0, "id") != wish {
			w.t.Errorf("list: %s", list.Raw)
		}
		w.call(token, "GET", "/changes/"+created, "").fails(404, "no_change")
		w.call(token, "POST", "/changes/"+created+"/withdraw", "").fails(404, "no_change")
		for _, path := range []string{"/customers/" + record, "/customers/" + record + "/history", "/customers", "/board", "/people", "/systems", "/log/checkpoint", "/policy"} {
			w.call(token, "GET", path, "").is(403)
		}
		w.call(token, "POST", "/customers/search", `{"key":"13800138000"}`).fails(403, "link_other_purpose")
		w.call(token, "POST", "/changes/"+wish+"/confirm", "").fails(403, "link_other_purpose")
		w.call(token, "GET", "/me", "", header("Amend-Customer", record)).is(403)
		if got := w.call(token, "POST", "/changes/"+wish+"/withdraw", "").is(200); got.text("state") != "withdrawn" {
			w.t.Errorf("withdraw: %s", got.Raw)
		}
	})
}

// ref is what people quote of a request.
func (w *world) ref(id string) string {
	w.t.Helper()
	return w.get(access.Steward, "/changes/"+id).is(200).text("ref")
}

func TestStrangerAtAProposedContactHearsNothing(t *testing.T) {
	w := newWorld(t)
	filed := w.post(access.Agent, "/customers", customerBody("王小芳", "13800138000")).is(201)
	request := filed.text("changes", 0, "id")
	w.post(access.Agent, "/changes/"+request+"/challenges", `{"method":"sms_code","to":"phone","new":true}`).is(201)
	w.settle()
	token, _, _ := w.link("+8613800138000")
	w.call(token, "GET", "/changes/"+request, "").fails(403, "link_other_purpose")
	w.call(token, "POST", "/changes/"+request+"/dispute", "").fails(403, "link_other_purpose")
	a := w.call(token, "POST", "/changes/"+request+"/not_mine", "").is(200)
	if strings.TrimSpace(string(a.Raw)) != `{"id":"`+request+`"}` {
		t.Errorf("a stranger hears %s", a.Raw)
	}
	if state := w.get(access.Steward, "/changes/"+request).is(200).text("state"); state != "failed" {
		t.Errorf("the request is %s", state)
	}
}

func TestCustomerReachesNothingOfAnotherCustomer(t *testing.T) {
	w := newWorld(t)
	w.connect()
	mine, _ := w.customer("王小芳", "13800138000")
	theirs, request := w.customer("李雷", "13800138001")
	wish := w.wish(theirs, "tea")
	doc := w.document()
	for path, methods := range doc.Paths {
		if strings.HasPrefix(path, "/receipts") || path == "/me" || path == "/catalog" {
			continue
		}
		for _, id := range []string{request, wish} {
			real := strings.NewReplacer("/customers/{id}", "/customers/"+theirs, "/changes/{id}", "/changes/"+id, "{id}", "crm", "{record}", theirs).Replace(path)
			for method, op := range methods {
				var body map[string]any
				if op.RequestBody != nil {
					body, _ = doc.example(op.RequestBody.Content["application/json"].Schema, theirs).(map[string]any)
				}
				if op.ID == "createCustomer" {
					continue // their own to file
				}
				a := w.call(w.tokens[access.Portal], strings.ToUpper(method), real, encoded(body), header("Amend-Customer", mine))
				if a.Status < 400 && op.ID != "listChanges" {
					t.Errorf("%s: %d %s", op.ID, a.Status, a.Raw)
				}
				if strings.Contains(string(a.Raw), theirs) || strings.Contains(string(a.Raw), "李") {
					t.Errorf("%s tells of somebody else: %s", op.ID, a.Raw)
				}
			}
		}
	}
}

func TestMembersThatNobodyOfferedAreRefusedEverywhere(t *testing.T) {
	w := newWorld(t)
	record, request := w.customer("王小芳", "13800138000")
	doc := w.document()
	columns := []string{"id", "state", "revision", "version", "grade", "filed_by", "applied_at", "plan", "by", "roles", "proven_since", "kind ", "Reason", "__proto__"}
	before := w.counts()
	for path, methods := range doc.Paths {
		op, ok := methods["post"]
		if !ok || op.RequestBody == nil || strings.HasPrefix(path, "/receipts") || strings.HasPrefix(path, "/imports") {
			continue
		}
		schema := doc.resolve(op.RequestBody.Content["application/json"].Schema)
		real := strings.NewReplacer("/customers/{id}", "/customers/"+record, "/changes/{id}", "/changes/"+request, "{id}", "crm", "{record}", record).Replace(path)
		for _, name := range columns {
			if _, offered := schema.Properties[name]; offered {
				continue
			}
			w.post(access.Steward, real, `{"`+name+`":"x"}`).fails(400, "unknown_member")
		}
	}
	if after := w.counts(); after != before {
		t.Errorf("before %s\nafter %s", before, after)
	}
}

func TestListsAreBounded(t *testing.T) {
	w := newWorld(t)
	var csv strings.Builder
	csv.WriteString("姓名,手机\n")
	for i := range 230 {
		csv.WriteString("王小芳,1380013" + string([]byte{'0' + byte(i/1000%10), '0' + byte(i/100%10), '0' + byte(i/10%10), '0' + byte(i%10)}) + "\n")
	}
	done := w.post(access.Operator, "/imports?mode=migration&name=many.csv", csv.String(), header("Content-Type", "text/csv")).is(200)
	if done.at("run", "records") != float64(230) {
		t.Fatalf("import: %s", done.Raw)
	}
	if n := w.get(access.Steward, "/customers?limit=100000").is(200).length("items"); n != 200 {
		t.Errorf("a page of %d", n)
	}
	if n := w.get(access.Steward, "/customers").is(200).length("items"); n != 50 {
		t.Errorf("a default page of %d", n)
	}
	for _, body := range []string{`{"name":"王小芳"}`, `{"name":"王小芳","limit":1000}`} {
		if n := w.post(access.Agent, "/customers/search", body).is(200).length("items"); n != 20 {
			t.Errorf("%s found %d, want the cap", body, n)
		}
	}
	seen, cursor := map[string]bool{}, ""
	for {
		page := w.get(access.Steward, "/customers?limit=70&cursor="+cursor).is(200)
		for i := range page.length("items") {
			seen[page.text("items", i, "id")] = true
		}
		if cursor = page.text("next"); cursor == "" {
			break
		}
	}
	if len(seen) != 230 {
		t.Errorf("paging showed %d of 230", len(seen))
	}
}

func TestInterruptedImportGoesOnBehindItsLastRow(t *testing.T) {
	eachWorld(t, func(w *world) {
		folder := w.t.(*testing.T).TempDir()
		w.t.(*testing.T).Setenv("TMPDIR", folder)
		csv := "姓名,手机\n王小芳,13800138000\n李雷,13800138001\n韩梅梅,13800138002\n"
		bring := func() answer {
			return w.post(access.Operator, "/imports?mode=migration&name=a.csv", csv, header("Content-Type", "text/csv")).is(200)
		}
		id := bring().text("run", "id")
		w.alter(`UPDATE import_run SET state = 'running', line = 2, records = 1 WHERE id = '` + id + `'`)
		again := bring()
		if again.text("run", "id") != id || again.at("run", "records") != float64(3) || again.at("run", "line") != float64(4) {
			w.t.Errorf("again: %s", again.Raw)
		}
		left, err := os.ReadDir(folder)
		w.must(err)
		if len(left) != 0 {
			w.t.Errorf("the table is left on disk: %v", left)
		}
	})
}

func TestEveryPostRepeatsItsAnswerByteForByte(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, request := w.customer("王小芳", "13800138000")
	doc := w.document()
	for path, methods := range doc.Paths {
		op, ok := methods["post"]
		if !ok || strings.HasPrefix(path, "/receipts") || path == "/imports" {
			continue
		}
		body, _ := doc.example(op.RequestBody.Content["application/json"].Schema, record).(map[string]any)
		real := strings.NewReplacer("/customers/{id}", "/customers/"+record, "/changes/{id}", "/changes/"+request, "{id}", "crm", "{record}", record).Replace(path)
		for _, role := range []access.Role{access.Steward, access.Agent, access.Integrator} {
			key := header("Idempotency-Key", "each "+string(role))
			first := w.post(role, real, encoded(body), key)
			entries := w.counts()
			again := w.post(role, real, encoded(body), key)
			if first.Status >= 500 || first.Status == 429 {
				t.Errorf("%s: %d %s", op.ID, first.Status, first.Raw)
			}
			if first.Status != again.Status || string(first.Raw) != string(again.Raw) {
				t.Errorf("%s: %d %s\nagain %d %s", op.ID, first.Status, first.Raw, again.Status, again.Raw)
			}
			if first.Status < 400 && w.counts() != entries {
				t.Errorf("%s had a second effect", op.ID)
			}
		}
	}
}
