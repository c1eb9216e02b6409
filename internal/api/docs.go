package api

import (
	"bytes"
	"cmp"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"amend/internal/lang"
)

//go:embed docs.css
var docsStyle []byte

//go:embed docs.html
var docsText string

// docsPage is parsed once and only ever executed.
var docsPage = template.Must(template.New("docs").Parse(docsText))

// docsView is what docs.html shows.
type docsView struct {
	Lang       string
	ZH         bool
	Base       string
	Operations []docsOperation
}

// A docsOperation is one operation as the page explains it.
type docsOperation struct {
	ID, Method, Path, Summary string
	Parameters, Body, Answer  []docsMember
	Media                     string
	Curl                      string
}

// A docsMember is one parameter or member. Depth is how deep it stands.
type docsMember struct {
	Name, In, Type, Says string
	Required             bool
}

// docs renders the document as one plain page for each language, made once. It needs no
// script: its policy allows none.
func (d *door) docs(doc *huma.OpenAPI) http.Handler {
	pages := map[lang.Lang][]byte{}
	for _, l := range lang.Langs() {
		var b bytes.Buffer
		if err := docsPage.Execute(&b, viewOf(doc, l)); err != nil {
			panic("api: docs.html: " + err.Error()) // embedded: wrong only if the build is
		}
		pages[l] = b.Bytes()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l := lang.Prefer(r.Header.Get("Accept-Language"), d.lang)
		if asked, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
			l = asked
		}
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Language", l.Tag())
		h.Set("Vary", "Accept-Language")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		_, _ = w.Write(pages[l])
	})
}

func viewOf(doc *huma.OpenAPI, l lang.Lang) docsView {
	v := docsView{Lang: l.Tag(), ZH: l == lang.ZH, Base: base}
	for path, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op != nil {
				v.Operations = append(v.Operations, operationView(doc, path, op, l))
			}
		}
	}
	slices.SortFunc(v.Operations, func(a, b docsOperation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return v
}

func operationView(doc *huma.OpenAPI, path string, op *huma.Operation, l lang.Lang) docsOperation {
	v := docsOperation{ID: op.OperationID, Method: op.Method, Path: path, Summary: said(op.Summary, op.Extensions, "x-summary-zh", l)}
	for _, p := range op.Parameters {
		v.Parameters = append(v.Parameters, docsMember{Name: p.Name, In: p.In, Type: p.Schema.Type, Says: said(p.Description, p.Extensions, "x-description-zh", l), Required: p.Required})
	}
	if op.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Content)) { // of two, text/csv is shown
			v.Media = media
			v.Body = membersOf(doc, op.RequestBody.Content[media].Schema, "", l, 0)
		}
	}
	for status, r := range op.Responses {
		if status != "default" {
			v.Answer = membersOf(doc, r.Content["application/json"].Schema, "", l, 0)
		}
	}
	v.Curl = curl(v)
	return v
}

func said(en string, more map[string]any, key string, l lang.Lang) string {
	if zh, ok := more[key].(string); ok && l == lang.ZH {
		return zh
	}
	return en
}

// maxShown is how deep the page unfolds an answer.
const maxShown = 3

// membersOf lists the members of a schema, those of nested ones behind their names.
func membersOf(doc *huma.OpenAPI, s *huma.Schema, prefix string, l lang.Lang, depth int) []docsMember {
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s.Type == huma.TypeArray && s.Items != nil {
		return membersOf(doc, s.Items, prefix+"[].", l, depth)
	}
	if depth >= maxShown {
		return nil
	}
	var out []docsMember
	names := make([]string, 0, len(s.Properties))
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p := s.Properties[name]
		out = append(out, docsMember{
			Name: prefix + name, Type: typeOf(p), Says: said(p.Description, p.Extensions, "x-description-zh", l), Required: slices.Contains(s.Required, name),
		})
		next := prefix + name + "."
		if p.Type == huma.TypeArray {
			next = prefix + name
		}
		out = append(out, membersOf(doc, p, next, l, depth+1)...)
	}
	return out
}

func typeOf(s *huma.Schema) string {
	switch {
	case s.Type == huma.TypeArray:
		return "array"
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	case s.Type == "":
		return "object"
	}
	return s.Type
}

// curl is an example to paste; capitals stand for what the reader has.
func curl(v docsOperation) string {
	var b strings.Builder
	path := strings.NewReplacer("{id}", "ID", "{record}", "RECORD").Replace(v.Path)
	b.WriteString("curl -H 'Authorization: Bearer TOKEN' ")
	switch {
	case v.Media == mediaCSV:
		b.WriteString("-H 'Content-Type: text/csv' --data-binary @customers.csv 'https://HOST" + base + path + "?mode=migration&name=customers.csv'")
		return b.String()
	case v.Method == http.MethodPost:
		b.WriteString("-H 'Content-Type: application/json' -H 'Idempotency-Key: KEY' -d '" + example(v.Body) + "' ")
	}
	b.WriteString("https://HOST" + base + path)
	return b.String()
}

// example is a body with the members that must be there.
func example(members []docsMember) string {
	var parts []string
	for _, m := range members {
		if strings.ContainsAny(m.Name, ".[") || !m.Required {
			continue
		}
		value := `"…"`
		switch m.Type {
		case "array":
			value = "[…]"
		case "object":
			value = "{…}"
		case "boolean":
			value = "false"
		}
		parts = append(parts, `"`+m.Name+`":`+value)
	}
	return "{" + strings.Join(parts, ",") + "}"
}
