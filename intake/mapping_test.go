package intake

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/customer"
	"amend/fault"
)

func bind(t *testing.T, m Mapping, header ...string) Binding {
	t.Helper()
	b, err := m.Bind(header)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// text answers the proposals as "key=text" in order.
func text(list []Proposed) []string {
	var out []string
	for _, p := range list {
		out = append(out, string(p.Key)+"="+p.Text+string(p.JSON))
	}
	return out
}

func TestAFebrlRowBecomesAPerson(t *testing.T) {
	header := Febrl().Header
	row := Row{2, strings.Split("rec-1496-org, mitchell, green, 7, wallaby place, delmar, cleveland, 0119, sa, 19560409, 1804974", ",")}
	got, faults := bind(t, Febrl(), header...).Apply(row)
	want := []string{
		"external_id=rec-1496-org", "legal_name=mitchell green",
		`address={"country":"AU","line":"7 wallaby place delmar","postcode":"0119","region":"cleveland, sa"}`,
		"birthday=1956-04-09", "national_id=1804974",
	}
	if len(faults) > 0 || !slices.Equal(text(got), want) {
		t.Fatalf("got %q, faults %+v", text(got), faults)
	}
}

func TestAnImpossibleBirthDateDoesNotKeepItsPersonOut(t *testing.T) {
	row := Row{9, strings.Split("rec-1-org, , waller, 6, tullaroop street, , st james, 4011, wa, 19081335, ", ",")}
	got, faults := bind(t, Febrl(), Febrl().Header...).Apply(row)
	if len(faults) != 1 || faults[0].Line != 9 || faults[0].Column != "date_of_birth" || faults[0].Err.Code != "date_impossible" || faults[0].Err.Field != "birthday" {
		t.Fatalf("faults %+v", faults)
	}
	want := []string{"external_id=rec-1-org", "legal_name=waller",
		`address={"country":"AU","line":"6 tullaroop street","postcode":"4011","region":"st james, wa"}`}
	if !slices.Equal(text(got), want) {
		t.Fatalf("got %q", text(got))
	}
}

func TestFebrlHasThirtyFiveImpossibleBirthDates(t *testing.T) {
	tab, err := NewReader(open(t, "../testdata/febrl/dataset3.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, unmapped := GuessMapping(tab.Header(), customer.Shipped())
	if m.Name != "Febrl" || len(unmapped) > 0 {
		t.Fatalf("guessed %q, unmapped %q", m.Name, unmapped)
	}
	b := bind(t, m, tab.Header()...)
	rows, empty, impossible, persons := 0, 0, 0, 0
	for {
		row, _, err := tab.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		rows++
		got, faults := b.Apply(row)
		if len(got) > 0 {
			persons++
		}
		for _, f := range faults {
			if f.Err.Code != "date_impossible" {
				t.Errorf("line %d: %v", f.Line, f.Err)
			}
			impossible++
		}
		if strings.TrimSpace(row.Cells[9]) == "" {
			empty++
		}
	}
	if rows != 5000 || impossible != 35 || empty != 155 || persons != 5000 {
		t.Fatalf("%d rows, %d impossible, %d empty, %d persons", rows, impossible, empty, persons)
	}
}

func TestEmbeddedMappingsFitTheShippedCatalogue(t *testing.T) {
	cat := customer.Shipped()
	if err := Febrl().Check(cat); err != nil {
		t.Error(err)
	}
	for key := range words().Keys {
		if _, ok := cat.Of(key); !ok {
			t.Errorf("%s is not in the catalogue", key)
		}
	}
}

func TestAMappingThatDoesNotFitIsRefusedWithEveryReason(t *testing.T) {
	cases := map[string]string{
		`{"kind":"person","values":[]}`:                                                                            "mapping_empty",
		`{"kind":"person","values":[{"key":"NOPE","from":["a"]}]}`:                                                 "mapping_key_unknown",
		`{"kind":"person","values":[{"key":"shoe_size","from":["a"]}]}`:                                            "mapping_key_unknown",
		`{"kind":"organization","values":[{"key":"legal_name","from":["a"]}]}`:                                     "mapping_key_unknown",
		`{"kind":"person","values":[{"key":"legal_name"}]}`:                                                        "mapping_source",
		`{"kind":"person","values":[{"key":"employer","parts":{"line":{"from":["a"]}}}]}`:                          "mapping_address",
		`{"kind":"person","values":[{"key":"address","parts":{"line":{}}}]}`:                                       "mapping_source",
		`{"kind":"person","values":[{"key":"address","parts":{"street":{"from":["a"]}}}]}`:                         "mapping_address",
		`{"kind":"person","values":[{"key":"address","constant":"x","parts":{"line":{"from":["a"]}}}]}`:            "mapping_source",
		`{"kind":"person","values":[{"key":"birthday","from":["a"]}]}`:                                             "mapping_date",
		`{"kind":"person","values":[{"key":"birthday","from":["a"],"date":"yy"}]}`:                                 "mapping_date",
		`{"kind":"person","values":[{"key":"legal_name","from":["a"],"date":"ymd"}]}`:                              "mapping_date",
		`{"kind":"person","values":[{"key":"interests","from":["a"]}]}`:                                            "mapping_list",
		`{"kind":"person","values":[{"key":"employer","from":["a"]},{"key":"employer","from":["b"]}]}`:             "mapping_key_twice",
		`{"kind":"person","values":[{"key":"employer","from":["a"]},{"key":"birthday"},{"key":"x","from":["b"]}]}`: "mapping_source",
	}
	for doc, code := range cases {
		m, err := ParseMapping([]byte(doc))
		if err != nil {
			t.Errorf("%s: %v", doc, err)
			continue
		}
		if got := fault.CodeOf(m.Check(customer.Shipped())); got != code {
			t.Errorf("%s: got %q, want %q", doc, got, code)
		}
	}
}

func TestAMisspeltMappingIsMalformed(t *testing.T) {
	for _, doc := range []string{``, `[]`, `{"vals":[]}`, `{} {}`, `{}}`, `{"values":[{"key":"phone","form":["a"]}]}`} {
		if _, err := ParseMapping([]byte(doc)); fault.CodeOf(err) != "mapping_syntax" {
			t.Errorf("%s: got %v", doc, err)
		}
	}
	if _, err := ParseMapping(make([]byte, maxMapping+1)); fault.CodeOf(err) != "mapping_too_long" {
		t.Errorf("got %v", err)
	}
}

func TestAMissingColumnStopsTheImport(t *testing.T) {
	_, err := Febrl().Bind([]string{"rec_id", "surname"})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "column_missing" || f.Params["column"] != "given_name" || len(f.More) != 8 {
		t.Fatalf("got %v", err)
	}
}

func TestColumnsAreGuessedByWhatPeopleCallThem(t *testing.T) {
	cases := []struct {
		header, want, left string
		kind               customer.Kind
	}{
		{"姓名,手机号,邮箱,出生日期,身份证号", "birthday=出生日期 email=邮箱 legal_name=姓名 phone=手机号 resident_id=身份证号", "", customer.Person},
		{"First Name,Last Name,E-Mail,Mobile Phone,Shoe size", "legal_name=First Name, Last Name email=E-Mail phone=Mobile Phone", "Shoe size", customer.Person},
		{"姓,名,办公电话", "legal_name=姓, 名 phone/work=办公电话", "", customer.Person},
		{"Name,Street,City,ZIP,Country", "address=Country, Street, ZIP, City legal_name=Name", "", customer.Person},
		{"姓名,省,市,区县,详细地址,邮编", "address=省, 市, 区县, 详细地址 legal_name=姓名", "邮编", customer.Person},
		{"Name,Street,City", "legal_name=Name", "Street City", customer.Person},
		{"公司名称,统一社会信用代码,法人代表,电话", "legal_representative=法人代表 org_name=公司名称 phone=电话 uscc=统一社会信用代码", "", customer.Organization},
		{"surname,phone,Phone", "phone=phone", "surname Phone", customer.Person},
		{"City,Remark", "remark=Remark", "City", customer.Person},
		{"interests,", "interests=interests", "", customer.Person},
	}
	cat := customer.Shipped()
	for _, c := range cases {
		header := strings.Split(c.header, ",")
		m, left := GuessMapping(header, cat)
		var got []string
		for _, v := range m.Values {
			got = append(got, string(v.Key)+"="+strings.Join(v.reads(), ", "))
		}
		if strings.Join(got, " ") != c.want || strings.Join(left, " ") != c.left || m.Kind != c.kind {
			t.Errorf("%s: got %q %s, left %q", c.header, strings.Join(got, " "), m.Kind, left)
		}
		if err := m.Check(cat); err != nil {
			t.Errorf("%s: %v", c.header, err)
		}
		if _, err := m.Bind(header); err != nil {
			t.Errorf("%s: %v", c.header, err)
		}
	}
}

func TestChineseNamesAreJoinedWithoutASpace(t *testing.T) {
	header := []string{"名", "姓", "兴趣爱好"}
	m, _ := GuessMapping(header, customer.Shipped())
	got, _ := bind(t, m, header...).Apply(Row{2, []string{"小芳", "王", "围棋；茶、 <b>"}})
	if want := []string{"legal_name=王小芳", `interests=["围棋","茶","<b>"]`}; !slices.Equal(text(got), want) {
		t.Fatalf("got %q", text(got))
	}
}

func TestAChineseAddressIsReadFromTheProvinceDown(t *testing.T) {
	header := []string{"省", "市", "区", "地址"}
	m, _ := GuessMapping(header, customer.Shipped())
	got, _ := bind(t, m, header...).Apply(Row{2, []string{"广东省", "深圳市", " 南山区", "南海大道1号"}})
	if want := []string{"address=广东省深圳市南山区南海大道1号"}; !slices.Equal(text(got), want) {
		t.Fatalf("got %q", text(got))
	}
}

func TestASpreadsheetsRoundedNumberIsRefused(t *testing.T) {
	tab, err := NewReader(open(t, "testdata/own/csv/excel-damaged.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	row, wrong, err := tab.Next()
	if err != nil || wrong != nil {
		t.Fatal(err)
	}
	m, _ := GuessMapping(tab.Header(), customer.Shipped())
	got, faults := bind(t, m, tab.Header()...).Apply(row)
	if len(got) != 0 || len(faults) != 2 || faults[0].Err.Code != "number_damaged" {
		t.Fatalf("got %q, faults %+v", text(got), faults)
	}
}

func TestDatesAreReadInTheOrderThatTheMappingSays(t *testing.T) {
	cases := []struct {
		order    DateOrder
		in, want string
	}{
		{YearFirst, "19560409", "1956-04-09"}, {YearFirst, "1956-04-09", "1956-04-09"}, {YearFirst, "1956/4/9", "1956-04-09"},
		{YearFirst, "1956年4月9日", "1956-04-09"}, {YearFirst, "1956-04-09 00:00:00", "1956-04-09"}, {YearFirst, "1956-04-09T00:00:00Z", "1956-04-09"},
		{DayFirst, "09.04.1956", "1956-04-09"}, {DayFirst, "09041956", "1956-04-09"}, {MonthFirst, "4/9/1956", "1956-04-09"},
		{YearFirst, "20240229", "2024-02-29"}, {YearFirst, "20230229", "date_impossible"}, {YearFirst, "19081335", "date_impossible"},
		{YearFirst, "00000000", "date_impossible"}, {MonthFirst, "13/1/1990", "date_impossible"},
		{YearFirst, "44927", "date_serial"}, {DayFirst, "18264.5", "date_serial"}, {YearFirst, "12-Jan", "date_part_lost"},
		{YearFirst, "Jan-90", "date_part_lost"}, {MonthFirst, "12 January", "date_part_lost"}, {YearFirst, "1月12日", "date_part_lost"}, {DayFirst, "4/9", "date_part_lost"},
		{YearFirst, "12-Jan-90", "date_unreadable"}, {YearFirst, "12-Jam", "date_unreadable"}, {YearFirst, "4492", "date_unreadable"}, {YearFirst, "56-4-9", "date_unreadable"}, {YearFirst, "MARCH1", "date_unreadable"}, {YearFirst, "1956-04-09 12:30", "date_unreadable"},
		{YearFirst, "1956", "date_unreadable"}, {YearFirst, "１９５６0409", "date_unreadable"}, {YearFirst, "1956-4-+9", "date_unreadable"},
	}
	for _, c := range cases {
		got, wrong := readDate(c.order, c.in)
		if wrong != nil {
			got = wrong.Code
		}
		if got != c.want {
			t.Errorf("%s %q: got %q, want %q", c.order, c.in, got, c.want)
		}
	}
}

func TestEveryDayOfTheCalendarIsReadInEveryOrder(t *testing.T) {
	layouts := map[DateOrder][]string{
		YearFirst: {"20060102", "2006-01-02", "2006/1/2"}, DayFirst: {"02012006", "2.1.2006"}, MonthFirst: {"01022006", "1/2/2006"},
	}
	rapid.Check(t, func(t *rapid.T) {
		day := time.Unix(rapid.Int64Range(-30_000, 30_000).Draw(t, "day")*86400, 0).UTC()
		for order, list := range layouts {
			for _, layout := range list {
				if got, wrong := readDate(order, day.Format(layout)); wrong != nil || got != day.Format(time.DateOnly) {
					t.Fatalf("%s %s: got %q, %v", order, day.Format(layout), got, wrong)
				}
			}
		}
	})
}

func TestAShortRowProposesWhatItHas(t *testing.T) {
	got, faults := bind(t, Febrl(), Febrl().Header...).Apply(Row{2, []string{"rec-1-org"}})
	if len(faults) > 0 || !slices.Equal(text(got), []string{"external_id=rec-1-org"}) {
		t.Fatalf("got %q, %+v", text(got), faults)
	}
}

// FuzzMapping checks that any document that passes the check can be written, read and
// applied without a panic, and that what it proposes is JSON where it should be.
func FuzzMapping(f *testing.F) {
	raw, err := os.ReadFile("mappings/febrl.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw, "x,y")
	f.Add([]byte(`{"kind":"person","values":[{"key":"interests","from":["a"],"split":";"}]}`), "a;b")
	f.Fuzz(func(t *testing.T, doc []byte, cell string) {
		m, err := ParseMapping(doc)
		if err != nil || m.Check(customer.Shipped()) != nil {
			return
		}
		var header []string
		for _, v := range m.Values {
			header = append(header, v.reads()...)
		}
		b, err := m.Bind(header)
		if err != nil {
			return
		}
		cells := slices.Repeat([]string{cell}, len(header))
		got, _ := b.Apply(Row{2, cells})
		for _, p := range got {
			if p.JSON != nil && !json.Valid(p.JSON) {
				t.Errorf("%s: %s", p.Key, p.JSON)
			}
		}
	})
}
