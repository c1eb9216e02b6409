package api_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"amend/access"
)

// canaries are what no failure, no log line and no other answer may repeat: a word that is
// formed like a name of ours, and one like a customer's.
var canaries = []string{"canaryzqx", "Canary 张三丰 13912345678"}

// returned are the members that the contract gives back in the answer to the very request.
var returned = []string{
	"addSystem name", "addSystem owner", "addSystem region", "addSystem id", "addSystem settings", "startImport name", "addSystem fields as",
	"retryDelivery record", "skipDelivery record", "retryDelivery id", "skipDelivery id",
}

// shown are the reads that give back what a person wrote: reasons, questions, names of systems.
var shown = []string{"showChange", "listSystems", "showSystem"}

// A probe is one request with a canary in one place.
type probe struct {
	op, method, path, member, body string
	headers                        []with
}

func TestCanaryStandsInNoFailureNoLogLineAndNoOtherAnswer(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, request := w.customer("王小芳", "13800138000")
	open := w.wish(record, "tea")
	ids := map[string]string{"/changes/": open, "/customers/": record, "/systems/": "crm", "/log/": request, "/imports/": request}
	doc := w.document()
	probes := 0
	for _, canary := range canaries {
		for _, p := range doc.probes(canary, ids, record) {
			for _, role := range []access.Role{access.Agent, access.Steward, access.Approver, access.Integrator, access.Operator, access.App} {
				a := w.post2(w.tokens[role], p)
				probes++
				if !bytes.Contains(a.Raw, []byte(canary)) && !bytes.Contains(a.Raw, quoted(canary)) {
					continue
				}
				if a.Status < 400 && slices.Contains(returned, p.op+" "+p.member) {
					continue
				}
				t.Errorf("%s as %s, canary in %s: %d %s", p.op, role, p.member, a.Status, a.Raw)
			}
		}
		for _, p := range doc.reads(ids) {
			a := w.post2(w.tokens[access.Steward], p)
			if bytes.Contains(a.Raw, []byte(canary)) && !slices.Contains(shown, p.op) {
				t.Errorf("%s shows what another request sent: %s", p.op, a.Raw)
			}
		}
		if strings.Contains(w.log.String(), canary) || bytes.Contains(w.log.Bytes(), quoted(canary)) {
			t.Errorf("the log repeats %q: %s", canary, w.log.String())
		}
	}
	if probes < 1000 {
		t.Errorf("only %d probes", probes)
	}
}

func quoted(s string) []byte {
	b, _ := json.Marshal(s)
	return bytes.Trim(b, `"`)
}

func (w *world) post2(token string, p probe) answer {
	w.t.Helper()
	return w.call(token, p.method, p.path, p.body, p.headers...)
}

// reads makes one request for each operation that reads.
func (d openapi) reads(ids map[string]string) []probe {
	var out []probe
	for path, methods := range d.Paths {
		op, ok := methods["get"]
		if !ok {
			continue
		}
		for prefix, id := range ids {
			if strings.HasPrefix(path, prefix) {
				path = strings.ReplaceAll(path, "{id}", id)
			}
		}
		out = append(out, probe{op: op.ID, method: "GET", path: path})
	}
	return out
}

// probes makes one request for each place of each operation: those that read come first.
func (d openapi) probes(canary string, ids map[string]string, record string) []probe {
	var out []probe
	for path, methods := range d.Paths {
		real := strings.ReplaceAll(path, "{record}", record)
		for prefix, id := range ids {
			if strings.HasPrefix(path, prefix) {
				real = strings.ReplaceAll(real, "{id}", id)
			}
		}
		for method, op := range methods {
			method = strings.ToUpper(method)
			var valid map[string]any
			if op.RequestBody != nil {
				if s := op.RequestBody.Content["application/json"].Schema; s.Ref != "" {
					valid, _ = d.example(s, record).(map[string]any) // none for an empty body
				}
			}
			base := probe{op: op.ID, method: method, path: real, body: encoded(valid)}
			for _, p := range op.Parameters {
				is := base
				is.member = p.Name
				switch p.In {
				case "path":
					is.path = strings.ReplaceAll(strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(canary)), "{id}", "crm")
					is.path = strings.ReplaceAll(is.path, "{record}", record)
				case "query":
					is.path += "?" + url.Values{p.Name: {canary}}.Encode()
				default:
					is.headers = []with{header(p.Name, canary)}
				}
				out = append(out, is)
			}
			for _, place := range places(valid, nil) {
				is := base
				is.member, is.body = strings.Join(place, " "), encoded(planted(valid, place, canary))
				out = append(out, is)
			}
			if method == "GET" {
				continue
			}
			unknown := base
			unknown.member, unknown.body = "unknown member", `{"`+canary+`":1}`
			broken := base
			broken.member, broken.body = "broken", `{"reason":"`+canary
			out = append(out, unknown, broken)
		}
	}
	slices.SortStableFunc(out, func(a, b probe) int { return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.op, b.op)) })
	return out
}

func encoded(v map[string]any) string {
	if v == nil {
		return ""
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// example is a body that might be taken.
func (d openapi) example(s schema, record string) any {
	s = d.resolve(s)
	if s.Items != nil {
		return []any{d.example(*s.Items, record)}
	}
	if len(s.Properties) == 0 {
		return "x"
	}
	known := map[string]any{
		"record_id": record, "channel": "api", "kind": "person", "kinds": []any{"person"}, "field": "remark", "value": "tea", "method": "sms_code", "to": "phone",
		"outcome": "passed", "purpose": purpose, "reason_code": "other", "limit": 3, "effective_at": "2030-01-01T00:00:00Z", "new": false, "must": false, "paused": false,
		"main": false, "lost_channel": false, "settings": map[string]any{"url": "https://x.test"}, "source": "staff", "connector": "webhook", "as": "note",
	}
	out := map[string]any{}
	for name, p := range s.Properties {
		if v, ok := known[name]; ok {
			out[name] = v
			continue
		}
		out[name] = d.example(p, record)
	}
	delete(out, "appeals")
	delete(out, "collector")
	return out
}

// places are the paths to every text of a body.
func places(v any, at []string) [][]string {
	switch v := v.(type) {
	case string:
		return [][]string{slices.Clone(at)}
	case []any:
		return places(v[0], at)
	case map[string]any:
		var out [][]string
		for name, x := range v {
			out = append(out, places(x, append(slices.Clone(at), name))...)
		}
		return out
	}
	return nil
}

// planted is a copy of v with the canary at a place.
func planted(v any, place []string, canary string) map[string]any {
	var copied map[string]any
	b, _ := json.Marshal(v)
	_ = json.Unmarshal(b, &copied)
	var set func(v any, place []string) any
	set = func(v any, place []string) any {
		if list, ok := v.([]any); ok {
			list[0] = set(list[0], place)
			return list
		}
		if len(place) == 0 {
			return canary
		}
		m := v.(map[string]any)
		m[place[0]] = set(m[place[0]], place[1:])
		return m
	}
	set(copied, place)
	return copied
}

func TestFailureOfOursIsLoggedByItsIdAndNothingElse(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	w.alter(`UPDATE golden_record SET version = version + 1 WHERE id = '` + record + `'`)
	a := w.get(access.Agent, "/customers/"+record).fails(500, "record_altered")
	if id := a.text("id"); len(id) != 16 || !strings.Contains(w.log.String(), id) {
		t.Errorf("id %q, log %s", id, w.log.String())
	}
	if strings.Contains(w.log.String(), "王小芳") {
		t.Error("the log holds a value")
	}
}
