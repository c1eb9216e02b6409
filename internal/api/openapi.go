package api

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

//go:embed members.json
var membersFile []byte

// A phrase is the same words in both languages.
type phrase struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// members explains every parameter and member by its name, for the document and its page.
func members() map[string]phrase {
	m := map[string]phrase{}
	if err := json.Unmarshal(membersFile, &m); err != nil {
		panic("api: members.json: " + err.Error()) // embedded: wrong only if the build is
	}
	return m
}

// document describes the operations as OpenAPI 3.1, from their Go types.
func document(ops []operation) *huma.OpenAPI {
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{Title: "Amend", Version: "1", Description: "Change control for customer data",
			Extensions: map[string]any{"x-description-zh": "客户信息变更管控"}},
		Servers: []*huma.Server{{URL: base}},
		Components: &huma.Components{
			Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer"}},
		},
		Security: []map[string][]string{{"bearer": {}}},
	}
	words := members()
	for _, op := range ops {
		doc.AddOperation(describe(doc.Components.Schemas, op, words))
	}
	for _, s := range doc.Components.Schemas.Map() {
		for name, p := range s.Properties {
			explain(p, words[name])
		}
	}
	return doc
}

func explain(s *huma.Schema, p phrase) {
	s.Description = p.EN
	if s.Extensions == nil {
		s.Extensions = map[string]any{}
	}
	s.Extensions["x-description-zh"] = p.ZH
}

func describe(schemas huma.Registry, op operation, words map[string]phrase) *huma.Operation {
	status := strconv.Itoa(max(op.status, http.StatusOK))
	out := &huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Summary: op.en, Extensions: map[string]any{"x-summary-zh": op.zh},
		Responses: map[string]*huma.Response{
			status:    answers(schemas, op),
			"default": {Description: "A problem (RFC 9457)", Content: map[string]*huma.MediaType{"application/problem+json": {Schema: schemas.Schema(reflect.TypeFor[Problem](), true, "")}}},
		},
	}
	for f := range fieldsOf(op.params) {
		if p := parameterOf(schemas, f, words); p != nil {
			out.Parameters = append(out.Parameters, p)
		}
	}
	if op.method == http.MethodPost && !op.table && !op.open && !op.fresh {
		out.Parameters = append(out.Parameters, header("Idempotency-Key", words))
	}
	if _, ok := reflect.New(op.answer).Interface().(tagged); ok {
		out.Parameters = append(out.Parameters, header("If-None-Match", words))
	}
	if op.open {
		out.Security = []map[string][]string{{}}
	} else {
		out.Parameters = append(out.Parameters, header("Amend-Customer", words))
	}
	if op.body != nil {
		out.RequestBody = bodyOf(schemas, op)
	}
	return out
}

func answers(schemas huma.Registry, op operation) *huma.Response {
	r := &huma.Response{Description: "Done", Content: map[string]*huma.MediaType{"application/json": {Schema: schemas.Schema(op.answer, true, op.id+"Answer")}}}
	if op.html {
		r.Content["text/html"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return r
}

// What a table may come as.
const (
	mediaCSV  = "text/csv"
	mediaXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func bodyOf(schemas huma.Registry, op operation) *huma.RequestBody {
	body := &huma.MediaType{Schema: schemas.Schema(op.body, true, op.id+"Body")}
	if op.table {
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{mediaCSV: body, mediaXLSX: body}}
	}
	optional := op.shape != nil && op.shape.optional
	return &huma.RequestBody{Required: !optional, Content: map[string]*huma.MediaType{"application/json": body}}
}

func parameterOf(schemas huma.Registry, f reflect.StructField, words map[string]phrase) *huma.Param {
	for _, in := range []string{"path", "query", "header"} {
		if name := f.Tag.Get(in); name != "" {
			p := header(name, words)
			p.In, p.Required, p.Schema = in, in == "path", schemas.Schema(f.Type, true, name)
			return p
		}
	}
	return nil
}

func header(name string, words map[string]phrase) *huma.Param {
	p := words[strings.ToLower(name)]
	return &huma.Param{Name: name, In: "header", Description: p.EN, Schema: &huma.Schema{Type: huma.TypeString}, Extensions: map[string]any{"x-description-zh": p.ZH}}
}
