package notify_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"amend/notify"
)

func TestWordsOfAChangeNameItOrCountIt(t *testing.T) {
	b := book(t)
	phone := notify.Line{Field: "手机号", Value: "139****9000"}
	gone := notify.Line{Field: "手机号"}
	added := notify.Line{Field: "手机号", Value: "139****9000", Added: true}
	mail := notify.Line{Field: "邮箱", Value: "a***@b.example"}
	for _, c := range []struct{ got, want string }{
		{b.Act(notify.ZH, []notify.Line{phone}), "把手机号改为139****9000"},
		{b.Act(notify.ZH, []notify.Line{gone}), "删除手机号"},
		{b.Act(notify.ZH, []notify.Line{phone, mail}), "修改手机号等2项资料"},
		{b.Replaces(notify.ZH, []notify.Line{phone}), "更换您的登记手机号"},
		{b.Replaces(notify.ZH, []notify.Line{added}), "为您添加手机号"},
		{b.Result(notify.ZH, []notify.Line{gone}), "您的登记手机号已删除"},
		{b.Result(notify.ZH, []notify.Line{added}), "您的资料已添加手机号 139****9000"},
		{b.List(notify.ZH, []notify.Line{phone, {Field: "邮箱"}}), "手机号：139****9000；邮箱：已删除"},
		{b.Act(notify.EN, nil) + b.Replaces(notify.EN, nil) + b.Result(notify.EN, nil) + b.List(notify.EN, nil), ""},
		{b.Place(notify.ZH, "portal"), "官网"},
		{b.Place(notify.EN, "portal"), "on our website"},
		{b.Place(notify.EN, "pigeon"), "through our service"},
		{b.Reason(notify.ZH, "unclear_evidence"), "材料看不清"},
		{b.Reason(notify.EN, "no such code"), "it didn't pass our check"},
		{b.Remedy(notify.EN, "no such code"), "Call us and we'll help you"},
		{b.Task(notify.ZH, "decide_dispute"), "裁定异议"},
		{b.Task(notify.EN, "no such code"), "handle the request"},
		{b.Time(notify.ZH, notify.At, clock), "11月21日14:05"},
		{b.Time(notify.EN, notify.At, clock), "14:05 on 21 Nov"},
		{b.Time(notify.EN, notify.On, clock), "21 Nov at 14:05"},
		{b.Time(notify.EN, notify.Second, clock.Add(6*time.Second)), "14:05:06 on 21 Nov"},
		{b.Time("fr", notify.At, clock), "14:05 on 21 Nov"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestBothLanguagesKnowTheSameWords(t *testing.T) {
	var files [2]map[string]map[string]any
	for i, l := range notify.Langs() {
		data, err := os.ReadFile("templates/" + string(l) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(data, &all); err != nil {
			t.Fatal(err)
		}
		files[i] = map[string]map[string]any{}
		for section, words := range all {
			if m, ok := words.(map[string]any); ok {
				files[i][section] = m
			}
		}
	}
	for section, zh := range files[0] {
		for _, pair := range [][2]map[string]any{{zh, files[1][section]}, {files[1][section], zh}} {
			for key := range pair[0] {
				if _, ok := pair[1][key]; !ok {
					t.Errorf("%s.%s stands in one language only", section, key)
				}
			}
		}
	}
}

func TestOldContactIsNotToldTheNewValueBeforeItIsApplied(t *testing.T) {
	b := book(t)
	for _, l := range notify.Langs() {
		if s := b.Replaces(l, []notify.Line{{Field: "phone", Value: "139****9000"}}); strings.Contains(s, "9000") {
			t.Errorf("%s: %s", l, s)
		}
	}
}
