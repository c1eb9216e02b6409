package audit_test

import (
	"strings"
	"testing"

	"amend/audit"
	"amend/fault"
)

func page(t testing.TB, s sample, lang string) string {
	t.Helper()
	b, err := s.HTML(lang)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPageIsAReceiptFileToo(t *testing.T) {
	s := newSample(t, 100)
	for _, lang := range []string{"zh", "en", ""} {
		v, err := audit.Verify([]byte(page(t, s, lang)), s.Log.Key, s.witnessKeys()...)
		if err != nil || len(v.Witnesses) != 2 {
			t.Errorf("%s: %v", lang, err)
		}
	}
}

func TestPageClaimsNothingBeforeItsScriptHasRun(t *testing.T) {
	s := newSample(t, 100)
	for lang, claims := range map[string][]string{"zh": {"已核对", "签名有效"}, "en": {"Checked:", "INTACT", "signature valid"}} {
		body, _, _ := strings.Cut(page(t, s, lang), "</main>")
		for _, claim := range claims {
			if strings.Contains(body, claim) {
				t.Errorf("%s: the page says %q by itself", lang, claim)
			}
		}
		if !strings.Contains(body, `data-verdict="pending"`) || !strings.Contains(body, "<noscript>") {
			t.Errorf("%s: the page does not say that it is unchecked", lang)
		}
	}
}

func TestPageIsSelfContained(t *testing.T) {
	html := page(t, newSample(t, 100), "en")
	for _, outside := range []string{"http://", "https://", "src=", "href=\"/", "@import", "url(", " style=", "onclick"} {
		if strings.Contains(html, outside) {
			t.Errorf("the page contains %q", outside)
		}
	}
	if !strings.Contains(html, "default-src &#39;none&#39;") {
		t.Error("no content security policy")
	}
}

func TestTextOfAReceiptCannotBecomeMarkup(t *testing.T) {
	s := newSample(t, 100)
	hostile := `</script><img src=x onerror=alert(1)>` + "\u2028" + `{{.}}`
	st := s.Statement
	st.To, st.Company.EN, st.Ref = hostile, hostile, hostile
	r, err := audit.Issue(st, s.Entries, []byte(s.Checkpoint), s.Log, s.Log.Key)
	if err != nil {
		t.Fatal(err)
	}
	s.Receipt = r
	html := page(t, s, "en")
	if strings.Contains(html, "<img") {
		t.Fatal("markup in a name reaches the page")
	}
	if v, err := audit.Verify([]byte(html), s.Log.Key); err != nil || v.Receipt.Statement.To != hostile {
		t.Fatalf("the page no longer carries the receipt: %v", err)
	}
	if strings.ContainsAny(r.FileName(), `/\<>"' `) {
		t.Fatalf("unsafe file name %q", r.FileName())
	}
}

func TestReferenceOfALaneMakesAPlainFileName(t *testing.T) {
	r := audit.Receipt{Statement: audit.Statement{Ref: "REQ-7KQ2H/2"}}
	if got := r.FileName(); got != "REQ-7KQ2H-2.html" {
		t.Fatalf("got %q", got)
	}
}

func TestPageOfATornReceiptIsNotMade(t *testing.T) {
	s := newSample(t, 100)
	for name, alter := range map[string]func(*audit.Receipt){
		"no checkpoint": func(r *audit.Receipt) { r.Checkpoint = "" },
		"seal instead":  func(r *audit.Receipt) { r.Checkpoint = r.Seal },
		"no entries":    func(r *audit.Receipt) { r.Entries = nil },
	} {
		r := s.Receipt
		alter(&r)
		if _, err := r.HTML("zh"); fault.KindOf(err) != fault.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzPage(f *testing.F) {
	s := newSample(f, 6)
	f.Add(s.file(f, nil))
	f.Add(s.file(f, func(r *audit.Receipt) { r.Entries[0].Proof, r.Entries[0].Pos = nil, -1 }))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := audit.ParseReceipt(file)
		if err != nil {
			return
		}
		html, err := r.HTML("en")
		if err != nil {
			return
		}
		if _, err := audit.ParseReceipt(html); err != nil {
			t.Fatalf("the page carries no receipt: %v", err)
		}
	})
}
