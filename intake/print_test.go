package intake

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/customer"
	"amend/fault"
)

func TestPrintOfAHeaderStaysFromVersionToVersion(t *testing.T) {
	if got := Print([]string{"姓名", "手机号", "E-Mail"}); got != "h1-8fafa68436e11ff1c50ee89b20d9ffe4" {
		t.Errorf("mappings that people have confirmed would not be found again: %s", got)
	}
}

func TestHeadersOfTheSameColumnsHaveTheSamePrint(t *testing.T) {
	name := rapid.StringMatching(`[a-z手机姓名]{1,4}`)
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.SliceOfNDistinct(name, 1, 6, rapid.ID[string]).Draw(t, "header")
		varied := rapid.Permutation(header).Draw(t, "order")
		for i, n := range varied {
			varied[i] = rapid.SampledFrom([]string{n, " " + strings.ToUpper(n), strings.Join(strings.Split(n, ""), "-"), n + "："}).Draw(t, "spelling")
		}
		if Print(header) != Print(append(varied, "", " ")) {
			t.Fatalf("%q and %q differ", header, varied)
		}
		if Print(header) == Print(append(varied, "zzzzz")) || Print(header) == Print(varied[1:]) {
			t.Fatalf("%q is the same with a column more or less", header)
		}
	})
}

var confirmed = time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)

func TestConfirmedMappingIsFoundForTheNextFile(t *testing.T) {
	m, _ := GuessMapping([]string{"Name", "Street", "City", "ZIP", "Country", "E-Mail"}, customer.Shipped())
	doc, err := json.Marshal(Save(m, "ada", confirmed))
	if err != nil {
		t.Fatal(err)
	}
	saved, err := ParseSaved(doc)
	if err != nil || saved.ConfirmedBy != "ada" || !saved.ConfirmedAt.Equal(confirmed) {
		t.Fatalf("%+v, %v", saved, err)
	}

	next := []string{"e-mail", "country", "zip", "CITY", "street", "name"}
	found, ok := saved.For(next)
	if !ok || !slices.Equal(found.Header, next) {
		t.Fatalf("%+v, %v", found, ok)
	}
	got, faults := bind(t, found, next...).Apply(Row{2, []string{"ada@example.com", "GB", "W1", "London", "1 St James's Sq", "Ada Lovelace"}})
	want := []string{"legal_name=Ada Lovelace", `address={"country":"GB","line":"1 St James's Sq","postcode":"W1","region":"London"}`, "email=ada@example.com"}
	slices.Sort(want)
	have := text(got)
	slices.Sort(have)
	if len(faults) > 0 || !slices.Equal(have, want) {
		t.Fatalf("got %q, %+v", have, faults)
	}
	if again, ok := saved.For(m.Header); !ok || !slices.Equal(again.Header, m.Header) || !slices.Equal(again.Values[0].From, m.Values[0].From) {
		t.Errorf("its own header: %+v, %v", again, ok)
	}
	if saved.Print != Print(saved.Mapping.Header) || saved.Mapping.Values[0].reads()[0] != m.Values[0].reads()[0] {
		t.Error("finding it has changed what was saved")
	}
}

func TestAMappingIsNotGuessedOntoAnotherHeader(t *testing.T) {
	saved := Save(Mapping{Kind: customer.Person, Header: []string{"Phone", "phone"}, Values: []Target{{Key: "phone", Source: Source{From: []string{"Phone"}}}}}, "ada", confirmed)
	if _, ok := saved.For([]string{"Phone"}); ok {
		t.Error("a column less")
	}
	if m, ok := saved.For([]string{"phone", "Phone"}); !ok || m.Values[0].From[0] != "Phone" {
		t.Error("the same names in another order")
	}
	if _, ok := saved.For([]string{"PHONE", "phone-"}); ok {
		t.Error("two columns that could both be meant")
	}
}

func TestASavedMappingThatWasAlteredIsRefused(t *testing.T) {
	doc, err := json.Marshal(Save(Febrl(), "ada", confirmed))
	if err != nil {
		t.Fatal(err)
	}
	for _, altered := range []string{
		strings.Replace(string(doc), `"surname"`, `"forename"`, 1), strings.Replace(string(doc), `"print"`, `"prints"`, 1), string(doc) + "{}", "", "null",
	} {
		if _, err := ParseSaved([]byte(altered)); fault.CodeOf(err) != "mapping_syntax" {
			t.Errorf("%.40s: %v", altered, err)
		}
	}
	if _, err := ParseSaved(make([]byte, maxMapping+1)); fault.CodeOf(err) != "mapping_too_long" {
		t.Errorf("got %v", err)
	}
}
