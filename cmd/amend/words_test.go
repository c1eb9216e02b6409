package main

import (
	"bytes"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"amend/internal/lang"
)

func TestEveryHelpTextIsThereInBothLanguages(t *testing.T) {
	for key, both := range helpWords() {
		if both[0] == "" || both[1] == "" {
			t.Errorf("%s", key)
		}
	}
}

func TestEverySentenceNamesTheSameThingsInBothLanguages(t *testing.T) {
	name := regexp.MustCompile(`\{[a-z]+\}`)
	for code, both := range ownFaults() {
		for _, p := range name.FindAllString(both[0]+both[1], -1) {
			if !strings.Contains(both[0], p) || !strings.Contains(both[1], p) {
				t.Errorf("%s: %s", code, p)
			}
		}
	}
}

// A line that only one language can fill would panic a reader of the other.
func TestEveryPrintedLineTakesTheSameArgumentsInBothLanguages(t *testing.T) {
	call := regexp.MustCompile(`(?s)\b(?:say|advise|pick)\(\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"`)
	verb := regexp.MustCompile(`%[-+.0-9]*[a-z]`)
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range call.FindAllSubmatch(text, -1) {
			zh, en := verb.FindAll(m[1], -1), verb.FindAll(m[2], -1)
			if !bytes.Equal(bytes.Join(zh, nil), bytes.Join(en, nil)) {
				t.Errorf("%s: %s", file, m[0])
			}
		}
	}
}

func TestLanguageIsTheArgumentsThenTheVariablesThenTheTerminals(t *testing.T) {
	for _, tt := range []struct {
		args, env string
		want      lang.Lang
	}{
		{"", "LANG=zh_CN.UTF-8", lang.ZH}, {"", "LANG=en_GB.UTF-8", lang.EN}, {"", "LANG=C.UTF-8", lang.EN}, {"", "", lang.EN},
		{"", "AMEND_LANG=zh LANG=en_US", lang.ZH}, {"doctor --lang en", "AMEND_LANG=zh", lang.EN}, {"doctor --lang=zh", "LANG=en", lang.ZH},
	} {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(tt.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		if got := asked(strings.Fields(tt.args), func(name string) string { return env[name] }); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

func TestTableStandsUnderItselfInChinese(t *testing.T) {
	var out bytes.Buffer
	table(&out, []string{"姓名", "x"}, []string{"ada", "y"}, []string{"a", ""})
	if got, want := out.String(), "姓名  x\nada   y\na\n"; got != want {
		t.Fatalf("%q", got)
	}
}
