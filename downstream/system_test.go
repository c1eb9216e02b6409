package downstream

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amend/customer"
	"amend/fault"
)

// catalog is a small published catalogue: two contact fields, a name, an address and a preference.
func catalog() customer.Catalog {
	person := []customer.Kind{customer.Person}
	fields := []customer.Field{
		{Name: "phone", Kinds: person, Type: customer.Phone, Class: customer.ContactData, Group: "phone", Multi: true},
		{Name: "email", Kinds: person, Type: customer.Email, Class: customer.ContactData, Group: "email"},
		{Name: "name", Kinds: person, Type: customer.Name, Class: customer.Identity, Group: "name"},
		{Name: "address", Kinds: person, Type: customer.Address, Class: customer.ContactData, Group: "postal", Multi: true},
		{Name: "interest", Kinds: person, Type: customer.Text, Class: customer.Preference, Group: "preference"},
	}
	cat := customer.Catalog{}
	for _, f := range fields {
		cat[f.Name] = f
	}
	return cat
}

func system(subs ...Subscription) System {
	return System{ID: "crm", Name: "CRM", Connector: "webhook", Owner: "sales", Fields: subs, Kinds: []customer.Kind{customer.Person}}
}

func scope(keys ...customer.Key) Scope {
	return Scope{Kind: customer.Person, Catalog: catalog(), Keys: keys}
}

func record(values map[customer.Key]customer.Content, removed ...customer.Key) customer.Record {
	r := customer.Record{ID: "r1", Kind: customer.Person, Version: 3, Values: map[customer.Key]customer.Value{}, Changed: map[customer.Key]int64{}}
	for k, c := range values {
		r.Values[k], r.Changed[k] = customer.Value{Content: c}, 1
	}
	for _, k := range removed {
		r.Changed[k] = 3
	}
	return r
}

func TestOnlySubscribedFieldsLeave(t *testing.T) {
	rec := record(map[customer.Key]customer.Content{
		"phone": "+8613800138000", "phone/work": "+862150001234", "email": "a@b.example", "name": "王小明",
		"interest": "tea", "address": `{"city":"上海"}`, "secret": "not catalogued",
	})
	tests := map[string]struct {
		subs []Subscription
		want []string
	}{
		"one field, every slot":      {[]Subscription{{Key: "phone"}}, []string{"phone", "phone/work"}},
		"mapped name keeps the slot": {[]Subscription{{Key: "phone", As: "mobile"}}, []string{"mobile", "mobile/work"}},
		"main value only":            {[]Subscription{{Key: "phone", Main: true}}, []string{"phone"}},
		"one slot":                   {[]Subscription{{Key: "phone/work", As: "office"}}, []string{"office"}},
		"closest name wins":          {[]Subscription{{Key: "class:contact"}, {Key: "phone", As: "mobile"}, {Key: "phone/work", As: "office"}}, []string{"address", "email", "mobile", "office"}},
		"group":                      {[]Subscription{{Key: "group:email"}}, []string{"email"}},
		"group and class main":       {[]Subscription{{Key: "class:contact", Main: true}}, []string{"address", "email", "phone"}},
		"nothing":                    {nil, nil},
		"uncatalogued field":         {[]Subscription{{Key: "secret"}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, m := range system(tt.subs...).Payload(rec, catalog()) {
				got = append(got, m.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestPayloadIsUnmaskedOrderedAndTellsRemovals(t *testing.T) {
	rec := record(map[customer.Key]customer.Content{"name": "Ada", "address": `{"city":"上海"}`}, "email")
	got := system(Subscription{Key: "name", As: "full_name"}, Subscription{Key: "address"}, Subscription{Key: "email"}).Payload(rec, catalog())
	want := []Member{
		{Name: "address", Key: "address", Content: `{"city":"上海"}`, Structured: true},
		{Name: "email", Key: "email"},
		{Name: "full_name", Key: "name", Content: "Ada"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSystemFollowsOnlyItsKindsOfRecord(t *testing.T) {
	s := system(Subscription{Key: "phone"})
	in := scope("phone")
	in.Kind = customer.Organization
	if s.Wants(in) {
		t.Error("an organization reached a system of persons")
	}
	rec := record(map[customer.Key]customer.Content{"phone": "1"})
	rec.Kind = customer.Account
	if s.Payload(rec, catalog()) != nil {
		t.Error("an account's value left")
	}
	s.Kinds = nil
	if s.Wants(scope("phone")) {
		t.Error("a system without kinds follows something")
	}
}

func TestPausedSystemStillWants(t *testing.T) {
	s := system(Subscription{Key: "phone"})
	s.Paused = true
	if !s.Wants(scope("name", "phone/work")) || s.Wants(scope("name")) {
		t.Error("pausing changed what a system follows")
	}
}

func TestCheckNamesWhatIsWrongWithASystem(t *testing.T) {
	tests := map[string]struct {
		spoil func(*System)
		code  string
	}{
		"sound":            {func(*System) {}, ""},
		"colon in id":      {func(s *System) { s.ID = "a:b" }, "bad_system_id"},
		"nobody answers":   {func(s *System) { s.Owner = "" }, "system_incomplete"},
		"no kinds":         {func(s *System) { s.Kinds = nil }, "system_follows_nothing"},
		"no fields":        {func(s *System) { s.Fields = nil }, "system_follows_nothing"},
		"unknown field":    {func(s *System) { s.Fields[0].Key = "shoe" }, "unknown_subscription"},
		"unknown group":    {func(s *System) { s.Fields[0].Key = "group:shoe" }, "unknown_subscription"},
		"slot of a single": {func(s *System) { s.Fields[0].Key = "email/work" }, "unknown_subscription"},
		"main of a slot":   {func(s *System) { s.Fields[0] = Subscription{Key: "phone/work", Main: true} }, "unknown_subscription"},
		"broken pattern":   {func(s *System) { s.Fields[0].Key = "Phone;drop" }, "unknown_subscription"},
		"broken name":      {func(s *System) { s.Fields[0].As = "a/b" }, "bad_mapped_name"},
		"name for a group": {func(s *System) { s.Fields[0] = Subscription{Key: "group:phone", As: "tel"} }, "bad_mapped_name"},
		"two of one name":  {func(s *System) { s.Fields[1].As = "email" }, "mapped_twice"},
		"slot under it":    {func(s *System) { s.Fields[0] = Subscription{Key: "phone/work", As: "full_name"} }, "mapped_twice"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := system(Subscription{Key: "email"}, Subscription{Key: "name", As: "full_name"})
			tt.spoil(&s)
			if err := s.Check(catalog()); fault.CodeOf(err) != tt.code {
				t.Errorf("got %v, want %q", err, tt.code)
			}
		})
	}
}

func TestChineseNamesOfFieldsAreAccepted(t *testing.T) {
	if err := system(Subscription{Key: "phone", As: "手机"}).Check(catalog()); err != nil {
		t.Error(err)
	}
}

func TestDriftNamesOnlyWhatWasReadBackAndDiffers(t *testing.T) {
	sent := []Member{
		{Name: "address", Content: `{"city":"上海","street":"南京路"}`, Structured: true},
		{Name: "email", Content: "a@b.example"}, {Name: "name", Content: "Ada"}, {Name: "phone"},
	}
	read := []Member{
		{Name: "address", Content: `{"street":"南京路", "city":"上海"}`}, {Name: "email", Content: "old@b.example"},
		{Name: "phone", Content: "1"}, {Name: "other", Content: "x"},
	}
	if got := Drift(sent, read); !slices.Equal(got, []string{"email", "phone"}) {
		t.Errorf("got %v", got)
	}
	read[0].Content = "not json"
	if got := Drift(sent[:1], read); !slices.Equal(got, []string{"address"}) {
		t.Errorf("got %v", got)
	}
}

func TestImpactShowsWhoWouldReceiveWhat(t *testing.T) {
	crm, mail := system(Subscription{Key: "phone", As: "mobile"}, Subscription{Key: "email"}), system(Subscription{Key: "email"})
	mail.ID, mail.Must = "mail", true
	got := Impact([]System{crm, mail}, scope("phone", "name"))
	if len(got) != 1 || got[0].System != "crm" || len(got[0].Fields) != 1 || got[0].Fields[0].Name != "mobile" {
		t.Errorf("got %+v", got)
	}
	if got[0].Fields[0].Content != "" {
		t.Error("an impact carries names, never values")
	}
	if both := Impact([]System{crm, mail}, scope("email")); len(both) != 2 || !both[1].Must {
		t.Errorf("got %+v", both)
	}
}

func FuzzSubscriptionNeverLeaksAnotherField(f *testing.F) {
	f.Add("phone", "tel")
	f.Add("group:", "")
	f.Add("class:contact", "")
	f.Fuzz(func(t *testing.T, key, as string) {
		s := system(Subscription{Key: key, As: as})
		rec := record(map[customer.Key]customer.Content{"phone": "1", "phone/work": "2", "name": "3"})
		for _, m := range s.Payload(rec, catalog()) {
			field, _ := catalog().Of(m.Key)
			speaks := key == m.Key.Field() || key == string(m.Key) || key == "group:"+field.Group || key == "class:"+string(field.Class)
			if !speaks || (strings.HasPrefix(key, "class:") && as == "" && m.Name != string(m.Key)) {
				t.Errorf("%q let %s leave as %s", key, m.Key, m.Name)
			}
		}
	})
}
