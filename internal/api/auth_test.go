package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"amend/access"
)

func TestWithoutACredentialThatHoldsNothingIsAnswered(t *testing.T) {
	w := newWorld(t)
	good := w.tokens[access.Agent]
	for name, token := range map[string]string{
		"none": "", "cut": good[:len(good)-1], "altered": "amd_" + strings.Repeat("0", 58), "not ours": "abc", "no link": strings.Repeat("A", 43),
	} {
		a := w.call(token, "GET", "/me", "").is(401)
		if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: not told how to sign in", name)
		}
		if token != "" && strings.Contains(string(a.Raw), token) {
			t.Errorf("%s: the credential is repeated", name)
		}
	}
	if me := w.call(good, "GET", "/me", "").is(200); me.text("name") != "The agent" || me.length("may") == 0 {
		t.Errorf("me: %s", me.Raw)
	}
	w.call("", "GET", "/me", "", header("Authorization", "Basic "+good)).fails(401, "token_missing")
}

func TestClientActsForTheCustomerWhoIsSignedInThere(t *testing.T) {
	w := newWorld(t)
	mine, request := w.customer("王小芳", "13800138000")
	other, foreign := w.customer("李雷", "13800138001")
	as := header("Amend-Customer", mine)

	if me := w.get(access.App, "/me", as).is(200); me.text("sort") != "customer" || me.text("id") != mine {
		t.Errorf("me: %s", me.Raw)
	}
	w.get(access.App, "/customers/"+mine, as).is(200)
	w.get(access.App, "/changes/"+request, as).is(200)
	unknown := w.get(access.App, "/customers/06eaohgl00538co77jrf", as).is(404)
	theirs := w.get(access.App, "/customers/"+other, as).is(404)
	if string(unknown.Raw) != string(theirs.Raw) {
		t.Errorf("a foreign record answers otherwise than none:\n%s\n%s", theirs.Raw, unknown.Raw)
	}
	for _, path := range []string{"/history", "/deliveries"} {
		w.get(access.App, "/customers/"+other+path, as).fails(404, "no_customer")
	}
	w.get(access.App, "/changes/"+foreign, as).fails(404, "no_change")
	w.get(access.App, "/changes?record="+other, as).fails(404, "no_customer")
	if list := w.get(access.App, "/changes", as).is(200); list.length("items") != 1 || list.text("items", 0, "id") != request {
		t.Errorf("their list: %s", list.Raw)
	}
	for _, verb := range []string{"confirm", "dispute", "withdraw", "not_mine"} {
		w.post(access.App, "/changes/"+foreign+"/"+verb, "", as).fails(404, "no_change")
	}
	w.post(access.App, "/changes", `{"record_id":"`+other+`","channel":"app","reason":"x","items":[{"field":"remark","value":"z"}]}`, as).fails(404, "no_customer")

	w.post(access.App, "/changes/"+request+"/confirm", "", as).is(200)
	w.get(access.Agent, "/me", as).fails(403, "not_allowed") // a person at a keyboard never vouches
	w.get(access.App, "/me", header("Amend-Customer", "me")).fails(400, "bad_parameter")
	w.get(access.App, "/customers/"+mine).fails(403, "not_allowed")
}

func TestCustomerIsNotToldWhoDecides(t *testing.T) {
	w := newWorld(t)
	mine, request := w.customer("王小芳", "13800138000")
	c := w.get(access.Portal, "/changes/"+request, header("Amend-Customer", mine)).is(200)
	for _, inside := range []string{"The agent", "Approver ", "content_hash", "rules", "ID card"} {
		if strings.Contains(string(c.Raw), inside) {
			t.Errorf("the customer sees %q: %s", inside, c.Raw)
		}
	}
}

func TestGuessingIsSlowedForItsNetworkAndNobodyElse(t *testing.T) {
	w := newWorld(t)
	from := func(address string) with { return func(r *http.Request) { r.RemoteAddr = address } }
	w.get(access.Agent, "/me", from("198.51.100.9:1")).is(200)
	limited := answer{}
	for range 40 {
		limited = w.call("guess", "GET", "/me", "", from("198.51.100.7:1234"))
	}
	limited.fails(429, "too_many_visits")
	if limited.Header.Get("Retry-After") == "" {
		t.Error("told to wait, not how long")
	}
	w.call("guess", "GET", "/me", "", from("198.51.100.250:9")).is(429) // the same /24
	w.get(access.Steward, "/me", from("198.51.100.9:1")).is(429)        // new there: waits with it
	w.get(access.Agent, "/me", from("198.51.100.9:1")).is(200)          // at work there: goes on
	w.call("guess", "GET", "/me", "", from("198.51.101.7:1234")).is(401)
	w.call("guess", "GET", "/me", "", from("[2001:db8::1]:1")).is(401)
	w.get(access.Agent, "/me", from("203.0.113.9:1")).is(200)
	w.Clock.Add(time.Minute)
	w.call("guess", "GET", "/me", "", from("198.51.100.7:1234")).is(401)
	w.call("guess", "GET", "/me", "", from("198.51.100.7:1234"), header("X-Forwarded-For", "192.0.2.1")).is(401)
}

func TestKnownPathsSayWhichMethodsTheyHave(t *testing.T) {
	w := newWorld(t)
	a := w.call(w.tokens[access.Agent], "DELETE", "/changes", "").fails(405, "method_not_allowed")
	if a.Header.Get("Allow") != "GET, POST" {
		t.Errorf("Allow: %q", a.Header.Get("Allow"))
	}
	w.get(access.Agent, "/nothing").fails(404, "no_such_path")
	w.call(w.tokens[access.Agent], "HEAD", "/me", "").is(200)
}

func TestEveryAnswerKeepsItsHeaders(t *testing.T) {
	w := newWorld(t)
	for _, a := range []answer{w.get(access.Agent, "/me"), w.get(access.Agent, "/nothing"), w.call("", "GET", "/me", "")} {
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", a.what, name, got)
			}
		}
	}
}

func TestProblemsAreToldInTheCallersLanguage(t *testing.T) {
	w := newWorld(t)
	en := w.get(access.Integrator, "/board", header("Accept-Language", "en")).is(200)
	zh := w.get(access.Agent, "/customers", header("Accept-Language", "zh-CN,zh;q=0.9")).fails(403, "not_allowed")
	if zh.Header.Get("Content-Language") != "zh-CN" || zh.text("detail") == w.get(access.Agent, "/customers").text("detail") || en.Status != 200 {
		t.Errorf("zh: %s", zh.Raw)
	}
}
