package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"amend/access"
)

// jsonValue draws a value of JSON that nests at most depth levels.
func jsonValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 5
		if depth == 0 {
			kinds = 3
		}
		switch rapid.IntRange(0, kinds).Draw(t, "kind") {
		case 0:
			return rapid.String().Draw(t, "text")
		case 1:
			return json.Number(rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?`).Draw(t, "number"))
		case 2:
			return rapid.Bool().Draw(t, "flag")
		case 3:
			return nil
		case 4:
			return rapid.SliceOfN(jsonValue(depth-1), 0, 4).Draw(t, "list")
		}
		return rapid.MapOfN(rapid.String(), jsonValue(depth-1), 0, 4).Draw(t, "object")
	})
}

func TestWhatIsWrittenAsJSONIsReadAsJSON(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	rapid.Check(t, func(t *rapid.T) {
		value, err := json.Marshal(jsonValue(4).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		a := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"api","reason":"x","items":[{"field":"job_title","value":`+string(value)+`}]}`)
		if a.Status >= 500 || slices.Contains(syntax, a.code()) {
			t.Fatalf("%s: %d %s", value, a.Status, a.Raw)
		}
	})
}

func TestWhatIsCutShortIsNoJSON(t *testing.T) {
	w := newWorld(t)
	whole := `{"record_id":"x","channel":"api","reason":"\u4e2d\ud83d\ude00","items":[{"field":"remark","value":{"a":[1,-2.5e+3,true,false,null,"b"]}}],"lost_channel":false}`
	if a := w.post(access.Agent, "/changes", whole); a.Status == 400 {
		t.Fatalf("the whole is refused: %s", a.Raw)
	}
	for i := 1; i < len(whole); i++ {
		if a := w.post(access.Agent, "/changes", whole[:i]).is(400); !slices.Contains(syntax, a.code()) {
			t.Errorf("cut at %d: %s", i, a.Raw)
		}
	}
	for i := range whole { // one byte too many is never taken for nothing
		if a := w.post(access.Agent, "/changes", whole[:i]+"\x00"+whole[i:]); a.Status != 400 {
			t.Errorf("NUL at %d: %d %s", i, a.Status, a.Raw)
		}
	}
}

func TestNumbersAreKeptAsTheyWereWritten(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	for _, number := range []string{"9007199254740993", "0.1000000000000000055511151231257827", "98.60"} {
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"api","reason":"x","items":[{"field":"satisfaction","value":`+number+`}]}`)
		if filed.Status != 201 {
			continue // a number that its field does not take
		}
		now := w.get(access.Steward, "/changes/"+filed.text("changes", 0, "id")).is(200).text("items", 0, "now", "text")
		if strings.TrimRight(now, "0") != strings.TrimRight(number, "0") {
			t.Errorf("%s became %s", number, now)
		}
	}
}

func TestRecordFoldsToWhatItWasAtEveryMoment(t *testing.T) {
	w := newWorld(t)
	record, _ := w.customer("王小芳", "13800138000")
	type moment struct{ at, raw string }
	var moments []moment
	for _, title := range []string{"cook", "baker", "smith", "clerk"} {
		filed := w.post(access.Agent, "/changes", `{"record_id":"`+record+`","channel":"shop","reason":"x","items":[{"field":"job_title","value":"`+title+`"}]}`).is(201)
		w.approve(filed.text("changes", 0, "id"))
		w.Clock.Add(1e9)
		w.settle()
		moments = append(moments, moment{w.Clock.Now().Format("2006-01-02T15:04:05.000000Z"), title})
		w.Clock.Add(3600 * 1e9)
	}
	for _, m := range moments {
		c := w.get(access.Steward, "/customers/"+record+"?as_of="+m.at).is(200)
		if !strings.Contains(string(c.Raw), `"`+m.raw+`"`) {
			t.Errorf("at %s, want %s: %s", m.at, m.raw, c.Raw)
		}
	}
}
