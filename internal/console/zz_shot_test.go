package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/page"
)

func TestServeShots(t *testing.T) {
	w := newWorld(t)
	by, _, err := w.Desk.AddToken(t.Context(), access.Actor{Name: "Ivy", Roles: []access.Role{access.Integrator}})
	w.ok(err)
	w.ok(w.Connect(t.Context(), by))
	fang := w.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "phone": "+8613800138000", "email": "fang@example.com", "customer_class": "high", "preferred_name": "芳芳"})
	li := w.customer(map[customer.Key]customer.Content{"legal_name": "李强", "phone": "+8613700137000", "name_spelling": "LI Qiang"})
	w.customer(map[customer.Key]customer.Content{"legal_name": "陈国", "phone": "+8613900139000"})
	// history
	for i := range 9 {
		id := w.file("ada", w.customer(map[customer.Key]customer.Content{"legal_name": "赵敏", "phone": customer.Content(fmt.Sprintf("+861350013500%d", i))}), "name_spelling", "ZHAO Min")
		w.Clock.Add(time.Duration(i+1) * 3 * time.Hour)
		if i%3 != 0 {
			w.ok(w.Desk.Withdraw(t.Context(), w.staff["ada"], id))
		}
		w.Clock.Add(20 * time.Hour)
	}
	w.settle()
	w.ok(w.Desk.Prefer(t.Context(), w.staff["bob"], "view:High risk", "box=mine&risk=high"))
	high := w.bank(fang)
	w.Clock.Add(time.Minute)
	low := w.file("ada", li, "name_spelling", "LEE Qiang", "title", "Dr")
	multi := w.file("sue", fang, "phone", "13900139000")
	w.settle()
	w.Clock.Add(7 * time.Hour)
	w.ok(w.Desk.Approve(t.Context(), w.staff["bea"], high, w.in("bea").get("/changes/"+string(high)).hash(), "Card and name fit."))
	frozen := w.file("sam", w.fang(), "name_spelling", "WANG F")
	w.ok(w.Desk.Dispute(t.Context(), w.staff["ann"], frozen, "caller says it wasn't her"))
	q := w.file("sam", w.fang(), "name_spelling", "WANG Q")
	w.ok(w.Desk.Ask(t.Context(), w.staff["ben"], q, "Is it on the passport?"))
	// applied one
	done := w.file("ada", li, "preferred_name", "小强")
	for _, n := range []string{"bea", "ben", "bob"} {
		if w.state(done) == change.Reviewing {
			_ = w.Desk.Approve(t.Context(), w.staff[n], done, w.in(n).get("/changes/"+string(done)).hash(), "")
		}
	}
	w.settle()
	_ = desk.Proposal{}
	people := map[string]*browser{}
	for _, n := range []string{"bob", "ada", "sue", "audrey", "otto", "bea"} {
		people[n] = w.in(n)
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", page.Static())
	mux.HandleFunc("/console/", func(rw http.ResponseWriter, r *http.Request) {
		as := r.URL.Query().Get("as")
		if as == "" {
			as = "bob"
		}
		r.Header.Del("Cookie")
		for name, value := range people[as].cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		if l := r.URL.Query().Get("l"); l != "" {
			r.Header.Del("Cookie")
			for name, value := range people[as].cookies {
				if name == "amend-lang" {
					value = l
				}
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			r.AddCookie(&http.Cookie{Name: "amend-theme", Value: r.URL.Query().Get("theme")})
		}
		w.site.ServeHTTP(rw, r)
	})
	s := httptest.NewServer(mux)
	os.WriteFile("/tmp/shot/env", []byte(fmt.Sprintf("U=%s\nHIGH=%s\nLOW=%s\nMULTI=%s\nFROZEN=%s\nQ=%s\nDONE=%s\n", s.URL, high, low, multi, frozen, q, done)), 0o600)
	for range 1500 {
		time.Sleep(time.Second)
		if _, err := os.Stat("/tmp/shot/stop"); err == nil {
			return
		}
	}
}
