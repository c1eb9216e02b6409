package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"amend/access"
)

func TestNewCustomerComesOnRecordThroughTheDoor(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, request := w.customer("王小芳", "13800138000")

		c := w.get(access.Agent, "/customers/"+record).is(200)
		if got := c.text("kind"); got != "person" {
			t.Errorf("kind %q", got)
		}
		for _, secret := range []string{"王小芳", "13800138000"} {
			if strings.Contains(string(c.Raw), secret) {
				t.Errorf("%q is shown without a reveal", secret)
			}
		}
		history := w.get(access.Agent, "/customers/"+record+"/history").is(200)
		if history.length("items") < 4 || history.text("items", 0, "change") != request {
			t.Errorf("history: %s", history.Raw)
		}
	})
}

func TestValuesAreShownMaskedWithWhereTheyCameFrom(t *testing.T) {
	w := newWorld(t)
	record, request := w.customer("王小芳", "13800138000")

	values := map[string]map[string]any{}
	for _, v := range w.get(access.Steward, "/customers/"+record).is(200).at("values").([]any) {
		value := v.(map[string]any)
		values[value["field"].(string)] = value
	}
	phone := values["phone"]
	if phone["value"] == "+8613800138000" || phone["hidden"] != true {
		t.Errorf("phone is not masked: %v", phone)
	}
	if phone["grade"] != "B" && phone["grade"] != "A" || phone["freshness"] != "fresh" || phone["cause"] != request || phone["proven_since"] == nil {
		t.Errorf("phone lacks its provenance: %v", phone)
	}
	if values["remark"]["value"] != "likes tea" || values["remark"]["hidden"] != false {
		t.Errorf("remark: %v", values["remark"])
	}
}

func TestFreshnessIsComputedAtRead(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	freshness := func() any {
		for _, v := range w.get(access.Steward, "/customers/"+record).is(200).at("values").([]any) {
			if value := v.(map[string]any); value["field"] == "phone" {
				return value["freshness"]
			}
		}
		return nil
	}
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "fresh"}, {340 * 24 * time.Hour, "due"}, {30 * 24 * time.Hour, "expired"}} {
		w.Clock.Add(step.after)
		if got := freshness(); got != step.want {
			t.Errorf("after %v more: %v, want %s", step.after, got, step.want)
		}
	}
}

func TestValueWeakerThanDemandedIsNamedAndNotShown(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	w.Clock.Add(40 * 24 * time.Hour)

	for _, query := range []string{"max_age=30d", "min_grade=A&max_age=30d"} {
		c := w.get(access.Agent, "/customers/"+record+"?"+query).is(200)
		for i := range c.length("values") {
			if c.at("values", i, "value") != nil || c.at("values", i, "needs_reconfirmation") != true || c.text("values", i, "field") == "" {
				t.Errorf("%s: %v", query, c.at("values", i))
			}
		}
	}
	if c := w.get(access.Agent, "/customers/"+record+"?max_age=90d").is(200); c.at("values", 0, "value") == nil {
		t.Errorf("a young enough value is hidden: %s", c.Raw)
	}
	for _, bad := range []string{"max_age=soon", "min_grade=F", "min_grade=AA", "as_of=yesterday"} {
		w.get(access.Agent, "/customers/"+record+"?"+bad).is(400)
	}
}

func TestRecordIsShownAsItWas(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		before := w.Clock.Now()
		w.Clock.Add(time.Hour)
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`).is(201)
		w.approve(filed.text("changes", 0, "id"))
		w.Clock.Add(time.Hour)
		w.settle()

		now := w.get(access.Agent, "/customers/"+record).is(200)
		then := w.get(access.Agent, "/customers/"+record+"?as_of="+before.Format(time.RFC3339Nano)).is(200)
		if !strings.Contains(string(now.Raw), "interests") || strings.Contains(string(then.Raw), "interests") {
			t.Errorf("now %s\nthen %s", now.Raw, then.Raw)
		}
		if then.at("version").(float64) >= now.at("version").(float64) {
			t.Errorf("version %v then, %v now", then.at("version"), now.at("version"))
		}
		w.get(access.Agent, "/customers/"+record+"?as_of=2020-01-01T00:00:00Z").fails(404, "no_customer")
	})
}

func TestVersionTokenSavesAReadAndGuardsAWrite(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	tag := w.get(access.Agent, "/customers/"+record).is(200).Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if again := w.get(access.Agent, "/customers/"+record, header("If-None-Match", tag)).is(304); len(again.Raw) > 0 {
		t.Errorf("a 304 has a body: %s", again.Raw)
	}
	body := `{"record_id":"` + record + `","channel":"hotline","reason":"a wish","items":[{"field":"interests","value":["tea"]}]}`
	w.post(access.Agent, "/changes", body, header("If-Match", `"999-00"`)).fails(412, "version_moved")
	w.post(access.Agent, "/changes", body, header("If-Match", "seven")).fails(400, "bad_parameter")
	w.post(access.Agent, "/changes", body, header("If-Match", tag)).is(201)
}

func TestSearchFindsByAnyIdentifierAndShowsNone(t *testing.T) {
	eachWorld(t, func(w *world) {
		record, _ := w.customer("王小芳", "13800138000")
		for _, body := range []string{
			`{"key":"13800138000"}`, `{"key":"+86 138 0013 8000"}`, `{"key":"8000"}`, `{"name":"王小芳"}`, `{"name":"小芳"}`, `{"name":"wangxiaofang"}`, `{"key":"wxf","limit":1}`,
		} {
			found := w.post(access.Agent, "/customers/search", body).is(200)
			if found.text("items", 0, "id") != record {
				t.Errorf("%s: %s", body, found.Raw)
			}
			if strings.Contains(string(found.Raw), "王小芳") || strings.Contains(string(found.Raw), "13800138000") {
				t.Errorf("%s shows a value: %s", body, found.Raw)
			}
		}
		if none := w.post(access.Agent, "/customers/search", `{"key":"13911111111"}`).is(200); none.length("items") != 0 {
			t.Errorf("found %s", none.Raw)
		}
		w.post(access.Agent, "/customers/search", `{}`).fails(422, "search_one_key")
		w.post(access.Agent, "/customers/search", `{"key":"  "}`).fails(422, "search_vague")
		w.post(access.Integrator, "/customers/search", `{"key":"8000"}`).fails(403, "not_allowed")
	})
}

func TestListPagesByCursorForThoseWhoMayList(t *testing.T) {
	w := newWorld(t)
	a, _ := w.customer("王小芳", "13800138000")
	b, _ := w.customer("李雷", "13800138001")
	first := w.get(access.Steward, "/customers?limit=1").is(200)
	if first.text("items", 0, "id") != a || first.text("next") == "" {
		t.Fatalf("first page: %s", first.Raw)
	}
	second := w.get(access.Steward, "/customers?limit=1&kind=person&cursor="+first.text("next")).is(200)
	if second.text("items", 0, "id") != b || second.text("next") != "" {
		t.Errorf("second page: %s", second.Raw)
	}
	if none := w.get(access.Steward, "/customers?kind=organization").is(200); string(none.Raw) != "{\"items\":[]}\n" {
		t.Errorf("empty page: %s", none.Raw)
	}
	w.get(access.Agent, "/customers").fails(403, "not_allowed")
	for _, bad := range []string{"limit=many", "limit=-1", "colour=red", "limit=1&limit=2", "cursor=%00", "kind=%ff"} {
		w.get(access.Steward, "/customers?"+bad).is(400)
	}
}

func TestRevealShowsValuesForAPurposeAndLeavesAnEntry(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	before := w.get(access.Auditor, "/customers/"+record+"/history").is(200).length("items")

	w.post(access.Agent, "/customers/"+record+"/reveal", `{"fields":["phone"],"purpose":"curiosity"}`).fails(422, "purpose_unknown")
	shown := w.post(access.Agent, "/customers/"+record+"/reveal", `{"fields":["phone"],"purpose":"`+purpose+`"}`).is(200)
	if shown.text("values", "phone") != "+8613800138000" {
		t.Errorf("revealed %s", shown.Raw)
	}
	after := w.get(access.Auditor, "/customers/"+record+"/history").is(200)
	if after.length("items") != before+1 || after.text("items", 0, "verb") != "reveal" {
		t.Errorf("no entry about the reveal: %s", after.Raw)
	}
	w.post(access.Integrator, "/customers/"+record+"/reveal", `{"fields":["phone"],"purpose":"`+purpose+`"}`).fails(403, "not_allowed")
}

func TestHistoryNamesTimeVerbAndActorOfEveryAct(t *testing.T) {
	w := newWorld(t)
	record, request := w.customer("王小芳", "13800138000")
	history := w.get(access.Auditor, "/customers/"+record+"/history").is(200)
	var verbs []string
	for i := range history.length("items") {
		for _, member := range []string{"id", "at", "verb", "by", "sort"} {
			if history.text("items", i, member) == "" {
				t.Errorf("act %d has no %s: %v", i, member, history.at("items", i))
			}
		}
		if history.at("items", i).(map[string]any)["change"] == request {
			verbs = append(verbs, history.text("items", i, "verb"))
		}
	}
	for _, verb := range []string{"propose", "prove", "attest", "approve", "apply"} {
		if !slices.Contains(verbs, verb) {
			t.Errorf("%s is missing: %v", verb, verbs)
		}
	}
}

func TestDeliveriesSayWhoHasTheRecord(t *testing.T) {
	w := newWorld(t)
	w.connect()
	record, _ := w.customer("王小芳", "13800138000")
	d := w.get(access.Agent, "/customers/"+record+"/deliveries").is(200)
	if d.length("items") != 3 {
		t.Fatalf("deliveries: %s", d.Raw)
	}
	for i := range 3 {
		if d.at("items", i, "in_sync") != true || d.text("items", i, "acked_at") == "" {
			t.Errorf("not in sync: %v", d.at("items", i))
		}
	}
}
