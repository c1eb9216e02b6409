package customer

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"amend/fault"
)

// one is a catalogue file of one good field, with members replaced: name, value pairs.
func one(replace ...string) string {
	const good = `{"fields": [{"name": "shoe_size", "kinds": ["person"], "type": "number", "class": "preference",
		"group": "preference", "tier": "low", "owner": "sales", "purpose": "personalise_service", "retention": "1y",
		"mask": "none", "label": {"zh": "鞋码", "en": "Shoe size"}}]}`
	return strings.NewReplacer(replace...).Replace(good)
}

func TestShippedCatalogueHasEveryClassForEveryKindOfRecord(t *testing.T) {
	c := Shipped()
	for _, k := range []Kind{Person, Organization} {
		for _, class := range []Class{Identity, ContactData, Transaction, Behaviour, Preference} {
			if !slices.ContainsFunc(slices.Collect(maps.Values(c)), func(f Field) bool {
				return f.Class == class && slices.Contains(f.Kinds, k)
			}) {
				t.Errorf("no %s field of a %s", class, k)
			}
		}
	}
	for _, name := range []string{
		"employer", "title", "job_title", "birthday", "interests", "preferences", "tags", "satisfaction", "nps",
		"purchase_history", "spend", "service_records", "licence_no", "contract_terms", // row C18
	} {
		if _, ok := c[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestShippedFieldsHaveTheTierOfTheirGroup(t *testing.T) {
	tiers := map[string][]Tier{
		"preference": {Low}, "name": {Normal}, "postal": {Normal}, "profile": {Normal}, "phone": {High}, "email": {High},
		"messenger": {High}, "bank": {Top}, "tax": {Top}, "contract": {Top}, "legal": {Top},
		"behaviour": {Low, Normal, High}, "transaction": {Normal, High},
	}
	for name, f := range Shipped() {
		if !slices.Contains(tiers[f.Group], f.Tier) {
			t.Errorf("%s: %s in group %q", name, f.Tier, f.Group)
		}
		if f.Tier == Top && f.Class == ContactData || f.Contact() && f.Class != ContactData {
			t.Errorf("%s: class %s and tier %s", name, f.Class, f.Tier)
		}
	}
}

func TestShippedCatalogueBelongsToItsCaller(t *testing.T) {
	mine := Shipped()
	delete(mine, "phone")
	if _, ok := Shipped()["phone"]; !ok {
		t.Fatal("one caller's deletion reached another")
	}
}

func TestOfFindsTheFieldOfASlot(t *testing.T) {
	if f, ok := Shipped().Of("phone/work"); !ok || f.Name != "phone" || !f.Contact() || !f.Channel() {
		t.Fatalf("got %+v, %v", f, ok)
	}
}

func TestAGoodFieldIsPublished(t *testing.T) {
	c, err := ParseCatalog([]byte(one()))
	if err != nil || len(c) != 1 || c["shoe_size"].Label["zh"] != "鞋码" {
		t.Fatalf("got %v, %v", c, err)
	}
}

func TestAFieldWithAFlawIsNotPublished(t *testing.T) {
	for want, file := range map[string]string{
		"catalog_syntax":              `{"fields": [`,
		"catalog_syntax unknown":      one(`"owner"`, `"owners"`),
		"catalog_syntax behind":       one() + "{}",
		"catalog_syntax kind":         one(`["person"]`, `"person"`),
		"catalog_syntax twice":        one(`"mask"`, `"Tier": "top", "mask"`),
		"catalog_name":                one("shoe_size", "Shoe Size"),
		"catalog_name empty":          one("shoe_size", ""),
		"catalog_missing kinds":       one(`["person"]`, `[]`),
		"catalog_missing group":       one(`"group": "preference"`, `"group": ""`),
		"catalog_missing owner":       one(`"sales"`, `""`),
		"catalog_missing purpose":     one(`"personalise_service"`, `""`),
		"catalog_missing retention":   one(`"1y"`, `""`),
		"catalog_missing label.zh":    one(`"zh": "鞋码", `, ``),
		"catalog_missing label.en":    one(`"Shoe size"`, `""`),
		"catalog_unknown kinds":       one(`"person"`, `"robot"`),
		"catalog_unknown kinds twice": one(`"person"`, `"person", "person"`),
		"catalog_unknown type":        one(`"number"`, `"float"`),
		"catalog_unknown class":       one(`"class": "preference"`, `"class": "taste"`),
		"catalog_unknown tier":        one(`"low"`, `"lowest"`),
		"catalog_unknown mask":        one(`"none"`, `"some"`),
		"catalog_unknown tokens":      one(`"mask"`, `"tokens": ["fuzzy"], "mask"`),
		"catalog_choices none":        one(`"number"`, `"choice"`),
		"catalog_choices needless":    one(`"mask"`, `"choices": ["a"], "mask"`),
		"catalog_choices twice":       one(`"number"`, `"choice", "choices": ["a", "a"]`),
		"catalog_period retention":    one(`"1y"`, `"one year"`),
		"catalog_period validity":     one(`"mask"`, `"validity": "0d", "mask"`),
		"catalog_tier":                one(`"number"`, `"bank_card"`),
		"catalog_class":               one(`"number"`, `"phone"`, `"low"`, `"high"`),
		"catalog_tokens":              one(`"number"`, `"resident_id", "tokens": ["tail"]`, `"low"`, `"top"`),
	} {
		code, member, _ := strings.Cut(want, " ")
		_, err := ParseCatalog([]byte(file))
		if fault.CodeOf(err) != code {
			t.Errorf("%s: got %v", want, err)
			continue
		}
		var e *fault.Error
		errors.As(err, &e)
		if said := e.Params["member"]; said != "" && !strings.HasPrefix(member, said) {
			t.Errorf("%s: the fault speaks of %s", want, said)
		}
	}
}

func TestEveryFlawOfTheFileIsToldAtOnce(t *testing.T) {
	_, err := ParseCatalog([]byte(one(`"sales"`, `""`, `"none"`, `"some"`, `"1y"`, `"x"`)))
	var e *fault.Error
	if !errors.As(err, &e) || e.Field != "shoe_size" || len(e.More) != 2 {
		t.Fatalf("got %v", err)
	}
}

func TestAFieldNamedTwiceIsRefused(t *testing.T) {
	field := strings.TrimSuffix(strings.TrimPrefix(one(), `{"fields": [`), `]}`)
	_, err := ParseCatalog([]byte(`{"fields": [` + field + "," + field + `]}`))
	if fault.CodeOf(err) != "catalog_duplicate" {
		t.Fatalf("got %v", err)
	}
}

func TestACompanyAddsItsOwnFields(t *testing.T) {
	more, err := ParseCatalog([]byte(one()))
	if err != nil {
		t.Fatal(err)
	}
	shipped := Shipped()
	c, err := shipped.Extend(more)
	if err != nil || len(c) != len(shipped)+1 || c["shoe_size"].Type != Number {
		t.Fatalf("got %d fields, %v", len(c), err)
	}
	if _, changed := shipped["shoe_size"]; changed {
		t.Error("the catalogue that was extended has changed itself")
	}
}

func TestARedefinedFieldMayAskForMoreAndNeverForLess(t *testing.T) {
	for member, redefine := range map[string]func(*Field){
		"":      func(f *Field) { f.Tier, f.Validity, f.Owner = Top, "90d", "legal" },
		"tier":  func(f *Field) { f.Tier = Low },
		"type":  func(f *Field) { f.Type = Name },
		"class": func(f *Field) { f.Class = Preference },
		"group": func(f *Field) { f.Group = "preference" },
	} {
		f := Shipped()["employer"]
		redefine(&f)
		_, err := Shipped().Extend(Catalog{"employer": f})
		var e *fault.Error
		if errors.As(err, &e) != (member != "") || e != nil && (e.Code != "catalog_redefined" || e.Params["member"] != member) {
			t.Errorf("%s: got %v", member, err)
		}
	}
}

func TestFieldsAddedInCodeAreCheckedToo(t *testing.T) {
	_, err := Shipped().Extend(Catalog{"bare": {Name: "bare"}})
	if fault.CodeOf(err) != "catalog_missing" {
		t.Fatalf("got %v", err)
	}
	f := Shipped()["employer"]
	if _, err := Shipped().Extend(Catalog{"other": f}); fault.CodeOf(err) != "catalog_name" {
		t.Fatalf("a field under another's name: got %v", err)
	}
}

func FuzzParseCatalog(f *testing.F) {
	f.Add([]byte(one()))
	f.Add([]byte(`{"fields": [{"name": "a"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseCatalog(data)
		if err != nil {
			return
		}
		if _, err := (Catalog{}).Extend(c); err != nil {
			t.Fatalf("parsed, but not added: %v", err)
		}
	})
}

// TestFieldsThatThievesWantStayProtected pins what the floor and the plans rest on. Whoever
// changes the catalogue changes this table too, and sees what it opens.
func TestFieldsThatThievesWantStayProtected(t *testing.T) {
	c := Shipped()
	for _, want := range []struct {
		name   string
		class  Class
		group  string
		tier   Tier
		mask   string
		tokens string
	}{
		{"legal_name", Identity, "legal", Top, "name", "exact bigram pinyin"},
		{"resident_id", Identity, "legal", Top, "tail4", "exact"},
		{"passport", Identity, "legal", Top, "tail4", "exact"},
		{"national_id", Identity, "legal", Top, "tail4", "exact"},
		{"guardian", Identity, "legal", Top, "none", ""},
		{"org_name", Identity, "legal", Top, "none", "exact bigram pinyin"},
		{"uscc", Identity, "legal", Top, "none", "exact"},
		{"licence_no", Identity, "legal", Top, "tail4", "exact"},
		{"legal_representative", Identity, "legal", Top, "name", "exact"},
		{"legal_rep_id", Identity, "legal", Top, "tail4", "exact"},
		{"registered_address", Identity, "legal", Top, "none", ""},
		{"patient_file_no", Identity, "legal", Top, "tail4", "exact"},
		{"phone", ContactData, "phone", High, "phone", "exact tail"},
		{"email", ContactData, "email", High, "email", "exact"},
		{"billing_email", ContactData, "email", High, "email", "exact"},
		{"messenger", ContactData, "messenger", High, "tail4", "exact"},
		{"address", ContactData, "postal", Normal, "address", ""},
		{"billing_address", ContactData, "postal", Normal, "address", ""},
		{"tax_no", Identity, "tax", Top, "tail4", "exact"},
		{"bank_account_name", Transaction, "bank", Top, "name", ""},
		{"bank_account_no", Transaction, "bank", Top, "tail4", "exact"},
		{"bank_card", Transaction, "bank", Top, "tail4", "exact"},
		{"bank_branch", Transaction, "bank", Top, "none", ""},
		{"payer", Transaction, "bank", Top, "none", ""},
		{"holder", Transaction, "contract", Top, "none", ""},
		{"status", Transaction, "contract", Top, "none", ""},
		{"contract_no", Transaction, "contract", Top, "tail4", "exact"},
		{"contract_terms", Transaction, "contract", Top, "none", ""},
		{"credit_limit", Transaction, "contract", Top, "none", ""},
		{"customer_class", Behaviour, "behaviour", High, "none", ""},
		{"risk_tags", Behaviour, "behaviour", High, "all", ""},
	} {
		f, ok := c[want.name]
		if !ok || f.Class != want.class || f.Group != want.group || f.Tier != want.tier ||
			f.Mask != want.mask || strings.Join(f.Tokens, " ") != want.tokens {
			t.Errorf("got %+v, want %+v", f, want)
		}
	}
}

func TestShippedRelationsReferToRecords(t *testing.T) {
	for name, kind := range map[string]Kind{
		"guardian": Person, "spouse": Person, "employer_org": Person,
		"contact_person": Organization, "parent_org": Organization,
		"holder": Account, "payer": Account,
	} {
		if f := Shipped()[name]; f.Type != Reference || !slices.Contains(f.Kinds, kind) {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

func TestContactPointsGoStaleAndNamesDoNot(t *testing.T) {
	for name, f := range Shipped() {
		if f.Contact() && f.ValidFor() == 0 {
			t.Errorf("%s is valid for ever", name)
		}
		if f.Type == Name && f.Group == "legal" && f.Name != "legal_representative" && f.ValidFor() != 0 {
			t.Errorf("%s goes stale", name)
		}
	}
}

func TestCustomerClassIsWhatPolicyAsksFor(t *testing.T) {
	if f := Shipped()["customer_class"]; f.Type != Choice || !slices.Equal(f.Choices, []string{"standard", "high"}) {
		t.Fatalf("got %+v", f)
	}
}

func TestValuesThatMayBeSeveralHaveSlots(t *testing.T) {
	for _, name := range []string{"phone", "email", "address", "messenger", "bank_account_no", "bank_card", "external_id"} {
		if !Shipped()[name].Multi {
			t.Errorf("%s holds one value only", name)
		}
	}
}
