package api_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"amend/internal/lang"
)

// fetch gets what needs no credential.
func (w *world) fetch(path, language string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Header.Set("Accept-Language", language)
	rec := httptest.NewRecorder()
	w.door.ServeHTTP(rec, r)
	if rec.Code != 200 {
		w.t.Fatalf("%s: %d", path, rec.Code)
	}
	return rec
}

// A schema is what the tests read of a schema.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Says       string            `json:"description"`
	SaysZH     string            `json:"x-description-zh"`
}

// An openapi is what the tests read of the document.
type openapi struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		ID         string `json:"operationId"`
		EN         string `json:"summary"`
		ZH         string `json:"x-summary-zh"`
		Parameters []struct {
			Name, In string
			Says     string `json:"description"`
			SaysZH   string `json:"x-description-zh"`
		}
		RequestBody *struct {
			Content map[string]struct{ Schema schema }
		}
		Responses map[string]struct {
			Content map[string]struct{ Schema schema }
		}
	}
	Components struct{ Schemas map[string]schema }
}

func (w *world) document() openapi {
	w.t.Helper()
	var doc openapi
	w.must(json.Unmarshal(w.fetch("/api/openapi.json", "").Body.Bytes(), &doc))
	return doc
}

// resolve follows a reference.
func (d openapi) resolve(s schema) schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.Components.Schemas[name]
	}
	return s
}

func TestDocumentSaysEverythingInBothLanguages(t *testing.T) {
	w := newWorld(t)
	doc := w.document()
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) < 35 {
		t.Fatalf("OpenAPI %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	seen, silent := map[string]bool{}, map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op.ID == "" || seen[op.ID] || op.EN == "" || op.ZH == "" || op.EN == op.ZH {
				t.Errorf("%s %s: id %q, en %q, zh %q", method, path, op.ID, op.EN, op.ZH)
			}
			seen[op.ID] = true
			for _, p := range op.Parameters {
				silent[p.Name] = silent[p.Name] || p.Says == "" || p.SaysZH == ""
			}
			if op.Responses["default"].Content["application/problem+json"].Schema.Ref != "#/components/schemas/Problem" {
				t.Errorf("%s %s promises no problem document", method, path)
			}
		}
	}
	for name, s := range doc.Components.Schemas {
		for member, m := range s.Properties {
			if member == "$schema" {
				t.Errorf("%s has a member of the framework", name)
			}
			silent[member] = silent[member] || m.Says == "" || m.SaysZH == ""
		}
	}
	for name, is := range silent {
		if is {
			t.Errorf("nothing says what %q is: add it to members.json", name)
		}
	}
}

func TestDocumentIsThereAsYAMLToo(t *testing.T) {
	w := newWorld(t)
	if y := w.fetch("/api/openapi.yaml", "").Body.String(); !strings.Contains(y, "openapi: 3.1.0") && !strings.Contains(y, `openapi: "3.1.0"`) {
		t.Errorf("yaml: %.200s", y)
	}
}

func TestDocsPageWorksWithoutScriptsInBothLanguages(t *testing.T) {
	w := newWorld(t)
	doc := w.document()
	en, zh := w.fetch("/api/docs", "en"), w.fetch("/api/docs?lang=zh", "en")
	for _, page := range []*httptest.ResponseRecorder{en, zh} {
		text := page.Body.String()
		for _, no := range []string{"<script", "<style", " style=", "javascript:", " on", "https://cdn"} {
			if i := strings.Index(text, no); i >= 0 && (no != " on" || regexp.MustCompile(` on[a-z]+=`).MatchString(text)) {
				t.Errorf("%q stands in the page: %.80s", no, text[i:])
			}
		}
		if csp := page.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
		for path, methods := range doc.Paths {
			for _, op := range methods {
				if !strings.Contains(text, `<section id="`+op.ID+`"`) {
					t.Errorf("%s %s is not explained", path, op.ID)
				}
			}
		}
	}
	if !strings.Contains(zh.Body.String(), "提交变更申请") || !strings.Contains(en.Body.String(), "File a change of a record") {
		t.Error("a language is missing")
	}
	if zh.Header().Get("Content-Language") != "zh-CN" {
		t.Errorf("language %q", zh.Header().Get("Content-Language"))
	}
	w.fetch("/api/docs.css", "")
}

// codePattern finds the codes that a room, the desk, the store or this door makes.
var codePattern = regexp.MustCompile(`fault\.New\(fault\.[A-Z][a-zA-Z]+, "([a-z_0-9]+)"|s\.bad\("([a-z_0-9]+)"`)

func TestEveryCodeOfTheDoorHasASentenceInBothLanguages(t *testing.T) {
	for _, dir := range []string{".", "../store", "../../desk"} {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
				continue
			}
			text, err := os.ReadFile(dir + "/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range codePattern.FindAllStringSubmatch(string(text), -1) {
				for _, l := range lang.Langs() {
					if code := m[1] + m[2]; !l.Has("fault." + code) {
						t.Errorf("%s/%s: %s has no sentence in %s", dir, f.Name(), code, l)
					}
				}
			}
		}
	}
}

func TestOperationIsThereForEachLineOfTheContract(t *testing.T) {
	w := newWorld(t)
	doc := w.document()
	var have []string
	for path, methods := range doc.Paths {
		for method := range methods {
			have = append(have, strings.ToUpper(method)+" "+path)
		}
	}
	slices.Sort(have)
	want, err := os.ReadFile("testdata/contract.txt")
	w.must(err)
	if got := strings.Join(have, "\n") + "\n"; got != string(want) {
		t.Errorf("the contract of testdata/contract.txt and the door differ; the door has:\n%s", got)
	}
}
