package quality

import (
	"slices"
	"strings"
	"testing"

	"amend/customer"
)

func TestAddressesAreCompactJSONInOneOrder(t *testing.T) {
	table(t, of(customer.Address), [][2]string{
		{`{"line": "世纪大道 100 号", "region":"310115", "country":"cn", "postcode":"２００１２０"}`,
			`{"country":"CN","region":"310115","line":"世纪大道 100 号","postcode":"200120"}`},
		{"{\n  \"country\": \"CN\",\n  \"region\": \"110101001\",\n  \"line\": \"1\", \"recipient\": \"张 三\", \"postcode\": null\n}",
			`{"country":"CN","region":"110101001","line":"1","recipient":"张三"}`},
		{`{"country":"CN","region":"HK/九龙/观塘区","line":"鸿图道 1 号"}`, `{"country":"HK","region":"HK/九龙/观塘区","line":"鸿图道 1 号"}`},
		{`{"country":"TW","region":"TW/台北市/大安区","line":"1","postcode":"106-44"}`, `{"country":"TW","region":"TW/台北市/大安区","line":"1","postcode":"10644"}`},
		{`{"country":"AU","region":"nsw","line":"7 wallaby place, delmar","postcode":"2119"}`,
			`{"country":"AU","region":"nsw","line":"7 wallaby place, delmar","postcode":"2119"}`},
		{`{"country":"GB","line":"10 Downing Street","postcode":"sw1a 2aa"}`, `{"country":"GB","line":"10 Downing Street","postcode":"SW1A 2AA"}`},
	}...)
}

func TestAddressFaultsNameTheRule(t *testing.T) {
	table(t, of(customer.Address), [][2]string{
		{`{"country":"CN","region":"310115","line":"1","floor":"2"}`, "!address_member"},
		{`{"country":"CN","country":"CN"}`, "!address_member_twice"},
		{`{"country":1}`, "!address_member_text"},
		{`{"country":"CN"`, "!address_form"},
		{`{"country":"CN"} {}`, "!address_form"},
		{`{}`, "!address_line"},
		{`{"country":"CN","region":"310115","line":"—"}`, "!address_line"},
		{`{"country":"CN","region":"310199","line":"1"}`, "!address_region"},
		{`{"country":"CN","region":"310115999","line":"1"}`, "!address_region"},
		{`{"country":"CN","region":"3101","line":"1"}`, "!address_region_level"},
		{`{"country":"CN","line":"1"}`, "!address_region_level"},
		{`{"country":"CN","region":"Ac/","line":"1"}`, "!address_region_level"},
		{`{"country":"CN","region":"HK","line":"1"}`, "!address_region_level"},
		{`{"country":"HK","region":"HK/九龙","line":"1"}`, "!address_region_level"},
		{`{"country":"HK","region":"TW/台北市/大安区","line":"1"}`, "!address_region_level"},
		{`{"country":"HK","region":"HK/九龙/北京","line":"1"}`, "!address_region"},
		{`{"country":"HK","region":"HK/九龙/观塘区","line":"1","postcode":"999077"}`, "!address_postcode_none"},
		{`{"country":"CN","region":"310115","line":"1","postcode":"20012"}`, "!address_postcode"},
		{`{"country":"CN","region":"130102","line":"1","postcode":"50000"}`, "!address_postcode_zero"},
		{`{"country":"CN","region":"150102","line":"1","postcode":"１００１０"}`, "!address_postcode_zero"},
		{`{"country":"US","region":"MA","line":"1","postcode":"2134"}`, "!address_postcode_zero"},
		{`{"country":"AU","line":"1","postcode":"800"}`, "!address_postcode_zero"},
		{`{"country":"GB","line":"1","postcode":"SW1A 2AA LONG"}`, "!address_postcode"},
		{`{"country":"ZZ","line":"1"}`, "!address_country"},
		{`{"country":"UK","line":"1"}`, "!address_country"},
		{`{"country":"China","line":"1"}`, "!address_country"},
		{`{"country":"AU","line":"a\nb"}`, "!text_control"},
		{`{"country":"AU","line":"1","recipient":"123"}`, "!name_letter"},
	}...)
}

func TestAChineseAddressOnOneLineFindsItsArea(t *testing.T) {
	for s, want := range map[string]Postal{
		"上海市浦东新区世纪大道100号":      {Country: "CN", Region: "310115", Line: "世纪大道100号"},
		"上海浦东新区 世纪大道 100 号":    {Country: "CN", Region: "310115", Line: "世纪大道 100 号"},
		"中国 浙江省 杭州市 西湖区 文三路1号": {Country: "CN", Region: "330106", Line: "文三路1号"},
		"杭州市西湖区文三路1号":          {Country: "CN", Region: "330106", Line: "文三路1号"},
		"广东东莞市南城街道1号":          {Country: "CN", Region: "441900", Line: "南城街道1号"},
		"新疆乌鲁木齐市天山区1号":         {Country: "CN", Region: "650102", Line: "1号"},
		"重庆市城口县葛城街道1号":         {Country: "CN", Region: "500229", Line: "葛城街道1号"},
		"海南省琼海市嘉积镇1号":          {Country: "CN", Region: "469002", Line: "嘉积镇1号"},
		"吉林市昌邑区1号":             {Country: "CN", Region: "220202", Line: "1号"},
	} {
		c, err := today.NormaliseText(of(customer.Address), s)
		got, read := ReadPostal(c)
		if err != nil || !read || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", s, got, err, want)
		}
	}
	table(t, of(customer.Address), [][2]string{
		{"世纪大道100号", "!address_unclear"},
		{"上海市世纪大道100号", "!address_unclear"},
		{"上海市浦东新区", "!address_unclear"},
		{"7 wallaby place", "!address_unclear"},
	}...)
}

func TestAddressIsWrittenAsItsCountryDoes(t *testing.T) {
	for want, p := range map[string]Postal{
		"上海市浦东新区世纪大道100号 200120":                      {"CN", "310115", "世纪大道100号", "200120", ""},
		"北京市东城区东华门街道1号 张三":                            {"CN", "110101001", "1号", "", "张三"},
		"香港特别行政区九龙观塘区鸿图道1号":                           {"HK", "HK/九龙/观塘区", "鸿图道1号", "", ""},
		"A. Lovelace, 7 Wallaby Place, nsw, 2119, AU": {"AU", "nsw", "7 Wallaby Place", "2119", "A. Lovelace"},
		"10 Downing Street, GB":                       {"GB", "", "10 Downing Street", "", ""},
	} {
		if got := p.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if _, read := ReadPostal("not an address"); read {
		t.Error("text was read as an address")
	}
}

func TestPickersWalkFromProvinceToStreet(t *testing.T) {
	provinces := Provinces()
	if len(provinces) != 34 || provinces[0] != (Region{"11", "北京市"}) || provinces[33].Code != "TW" {
		t.Fatalf("%d provinces, from %v to %v", len(provinces), provinces[0], provinces[len(provinces)-1])
	}
	seen := 0
	var walk func(code string)
	walk = func(code string) {
		for _, r := range Children(code) {
			seen++
			if path, ok := RegionPath(r.Code); !ok || path[len(path)-1] != r || r.Name == "" {
				t.Fatalf("%v: path %v", r, path)
			}
			walk(r.Code)
		}
	}
	for _, p := range provinces {
		seen++
		walk(p.Code)
	}
	if seen != len(regions()) {
		t.Errorf("reached %d of %d divisions", seen, len(regions()))
	}
}

func TestPickedIsTheDeepestDivisionOfTheOneAbove(t *testing.T) {
	for _, c := range []struct{ codes, want string }{
		{"11 1101 110108 110108030", "110108030"},
		{"11 1101 110108", "110108"},
		{"11 1101 110108 -", "110108"},
		{"11 1101 110108 110119203", "110108"}, // a street of another area
		{"31 1101 110108 110108030", "31"},     // the province was changed, what stands below was not
		{"31 - 110108", "31"},
		{"11 110108", "11"}, // no city in between
		{"- 1101 110108", ""},
		{"HK HK/九龙 HK/九龙/观塘区", "HK/九龙/观塘区"},
		{"HK HK/九龙 HK/新界/沙田区", "HK/九龙"},
		{"99", "99"}, // that there is none is said by whoever judges the address
		{"", ""},
	} {
		codes := strings.Split(strings.ReplaceAll(c.codes, "-", ""), " ")
		if got := Picked(codes...); got != c.want {
			t.Errorf("%s: picked is %q, want %q", c.codes, got, c.want)
		}
	}
}

func TestRegionPathNamesEveryLevel(t *testing.T) {
	path, ok := RegionPath("310115")
	want := []Region{{"31", "上海市"}, {"3101", "市辖区"}, {"310115", "浦东新区"}}
	if !ok || !slices.Equal(path, want) {
		t.Fatalf("got %v", path)
	}
	for _, code := range []string{"", "99", "3", "31011", "HK/", "nowhere"} {
		if path, ok := RegionPath(code); ok || path != nil {
			t.Errorf("%q: got %v", code, path)
		}
	}
	if got := Children("310115999"); got != nil {
		t.Errorf("children of nothing: %v", got)
	}
}
