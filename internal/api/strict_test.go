package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"amend/access"
	"amend/quality"
)

// The bodies of this file are those of JSONTestSuite (nst, MIT), the Big List of Naughty
// Strings (minimaxir, MIT) and our own; see testdata/badinput.

func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/badinput/jsontestsuite/test_parsing/*.json")
	if err != nil || len(files) < 300 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = data
	}
	return out
}

// syntax are the codes that call a body no JSON, or JSON of two meanings.
var syntax = []string{"malformed_json", "duplicate_member", "bad_utf8", "lone_surrogate", "too_deep", "trailing_data", "body_missing"}

// twice are the two valid files of the suite that name a member twice: each reader picks
// its own, so we pick none.
var twice = []string{"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}

func TestSyntaxOfJSONIsJudgedAsTheSuiteAsks(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	for name, data := range corpus(t) {
		whole := w.post(access.Agent, "/changes", string(data))
		asValue := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"api","reason":"x","items":[{"field":"job_title","value":`+string(data)+`}]}`)
		judged := slices.Contains(syntax, asValue.code())
		switch {
		case slices.Contains(twice, name):
			if whole.code() != "duplicate_member" && whole.code() != "unknown_member" || asValue.code() != "duplicate_member" {
				t.Errorf("%s: %s, %s", name, whole.Raw, asValue.Raw)
			}
		case strings.HasPrefix(name, "n_"):
			if whole.Status != 400 || asValue.Status != 400 {
				t.Errorf("%s was taken: %d %s, %d %s", name, whole.Status, whole.Raw, asValue.Status, asValue.Raw)
			}
		case strings.HasPrefix(name, "y_"):
			if judged || slices.Contains(syntax, whole.code()) {
				t.Errorf("%s was refused: %s %s", name, whole.Raw, asValue.Raw)
			}
		}
		if whole.Status >= 500 || asValue.Status >= 500 {
			t.Errorf("%s: %d, %d", name, whole.Status, asValue.Status)
		}
	}
}

// code is the code of a problem, "" for anything else.
func (a answer) code() string {
	if a.Status < 400 {
		return ""
	}
	return a.text("code")
}

func TestBodyOfTwoMeaningsIsRefused(t *testing.T) {
	w := newWorld(t)
	for body, code := range map[string]string{
		`{"key":"a","key":"b"}`:                        "duplicate_member",
		`{"key":"a","\u006bey":"b"}`:                   "duplicate_member",
		`{"Key":"a"}`:                                  "unknown_member",
		`{"key":"a","admin":true}`:                     "unknown_member",
		`{"key":5}`:                                    "member_kind",
		`{"key":"a","limit":"5"}`:                      "member_kind",
		`{"key":"a","limit":1.5}`:                      "member_kind",
		`{"key":"a","limit":99999999999999999999}`:     "member_kind",
		`["key"]`:                                      "member_kind",
		`{"key":"a"}{"key":"b"}`:                       "trailing_data",
		`{"key":"a"} x`:                                "trailing_data",
		`{"key":"\ud800"}`:                             "lone_surrogate",
		`{"key":"\udc00\ud800"}`:                       "lone_surrogate",
		"{\"key\":\"\xff\"}":                           "bad_utf8",
		"{\"key\":\"\xed\xa0\x80\"}":                   "bad_utf8",
		`{"key":"a\u0000b"}`:                           "control_character",
		`{"key":"a`:                                    "malformed_json",
		"\ufeff{\"key\":\"a\"}":                        "malformed_json",
		`{"key":"` + strings.Repeat("x", 1<<20) + `"}`: "body_too_long",
	} {
		w.post(access.Agent, "/customers/search", body).fails(400, code)
	}
	deep := func(n int) string {
		return `{"record_id":"x","channel":"api","reason":"x","items":[{"field":"remark","value":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}]}`
	}
	w.post(access.Agent, "/changes", deep(40)).fails(400, "too_deep")
	if got := w.post(access.Agent, "/changes", deep(20)); got.code() == "too_deep" {
		t.Errorf("20 levels: %s", got.Raw)
	}
	w.post(access.Agent, "/customers/search", `{"key":"8000"}`, header("Content-Type", "text/xml")).fails(415, "media_type")
	w.post(access.Agent, "/customers/search", "").fails(422, "search_one_key")
	w.post(access.Agent, "/changes", "").fails(400, "body_missing")
	if bad := w.post(access.Agent, "/changes", `{"items":[{"field":"remark","value":1},{"field":7}]}`).fails(400, "member_kind"); bad.text("field") != "items/1/field" {
		t.Errorf("the place is %q", bad.text("field"))
	}
}

// naughty are strings that break programs.
func naughty(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/badinput/*/*.json")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	var all []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all = append(all, textsOf(v)...)
	}
	lines, err := os.ReadFile("testdata/badinput/blns/blns.txt")
	if err != nil {
		t.Fatal(err)
	}
	return append(all, strings.Split(string(lines), "\n")...)
}

func textsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			out = append(out, textsOf(x)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, x := range v {
			out = append(out, textsOf(x)...)
		}
		return out
	}
	return nil
}

func TestNaughtyTextIsRefusedOrKeptAsItIs(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	for _, text := range naughty(t) {
		quoted, err := json.Marshal(text)
		w.must(err)
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"api","reason":"x","items":[{"field":"interests","value":[`+string(quoted)+`]}]}`)
		found := w.post(access.Agent, "/customers/search", `{"key":`+string(quoted)+`}`)
		for _, a := range []answer{filed, found} {
			if a.Status >= 500 {
				t.Errorf("%s %q: %d %s", a.what, text, a.Status, a.Raw)
			}
		}
		if filed.Status != 201 {
			continue
		}
		c := w.get(access.Steward, "/changes/"+filed.text("changes", 0, "id")).is(200)
		field := w.House.Catalog["interests"]
		want, wrong := quality.Checker{Today: w.Clock.Now()}.Normalise(field, json.RawMessage("["+string(quoted)+"]"))
		if wrong != nil || c.text("items", 0, "now", "text") != string(want) {
			t.Errorf("%q became %s, want %s", text, c.text("items", 0, "now", "text"), want)
		}
	}
}

func FuzzBodyIsNeverTakenWithTwoMeanings(f *testing.F) {
	for _, seed := range []string{`{"key":"a"}`, `{"key":"a","limit":3}`, `{"k\u0065y":"\ud83d\ude00"}`, `[`, `{"name":"\\"}`} {
		f.Add([]byte(seed))
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		here := *w
		here.t = t
		a := here.post(access.Agent, "/customers/search", string(body))
		if a.Status >= 500 {
			t.Fatalf("%d: %s", a.Status, a.Raw)
		}
		if a.Status == 200 && !json.Valid(body) {
			t.Fatalf("taken: %q", body)
		}
	})
}
