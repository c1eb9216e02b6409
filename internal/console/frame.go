package console

import (
	"strings"

	"amend/access"
	"amend/internal/page"
)

// A place is one entry of the rail: where it is, and which act lets somebody see it.
type place struct {
	name string // key below "console.rail.", and the icon's place
	path string
	icon string
	key  string
	act  access.Act
}

// places are the rail, in its order; one without a name is a rule between groups. What the
// product cannot do yet is not here.
var places = []place{
	{"home", "/", "home", "g h", access.ReadPeople},
	{"inbox", "/inbox", "inbox", "g i", access.ReadChanges},
	{"customers", "/customers", "users", "g c", access.SearchCustomers},
	{"intake", "/intake", "headset", "g n", access.FileChange},
	{},
	{"systems", "/systems", "network", "g s", access.ReadSystems},
	{"supervision", "/supervision", "gauge", "g l", access.ReadBoard},
	{"audit", "/audit", "shield", "g a", access.ReadLog},
	{"policy", "/policy", "scale", "g p", access.ReadPolicy},
	{},
	{"admin", "/admin", "sliders", "g m", access.ReadPeople},
}

// frame is what stands around a page of somebody who is signed in. at is the path of the
// rail's entry that the page belongs to.
func (v *visit) frame(at string) page.ConsoleFrame {
	who := v.by()
	f := page.ConsoleFrame{
		Home: Base + "/", Search: Base + "/customers/search", Account: Base + "/account", SignOut: Base + "/sign-out", Language: Base + "/choose",
		Who: who.Name, Role: v.roles(who), Foot: v.House.Words.Brand,
		Session: page.Session{Left: v.who.IdleEnds(v.page.Now).Sub(v.page.Now), Extend: Base + "/extend", End: Base + "/sign-out"},
	}
	f.Notices = page.Link{Href: Base + "/notices"}
	if v.Badge != "" {
		f.Badge = v.page.T("page.badge." + v.Badge)
	}
	f.Doc.KeysOff = v.likes["keys"] == "off"
	ruled := false
	for _, p := range places {
		if p.name == "" {
			ruled = len(f.Rail) > 0
			continue
		}
		if who.May(p.act) != nil {
			continue
		}
		if ruled {
			f.Rail, ruled = append(f.Rail, page.RailLink{}), false
		}
		f.Rail = append(f.Rail, page.RailLink{Href: Base + p.path, Icon: p.icon, Label: v.page.T("console.rail." + p.name), Current: p.path == at, Key: p.key})
	}
	f.Commands = v.commands()
	f.Keys = v.keyHelp()
	return f
}

// framed is the frame of a page that may be shown to whoever is not signed in, too.
func (v *visit) framed() *page.ConsoleFrame {
	if !v.signedIn() {
		return nil
	}
	f := v.frame("")
	return &f
}

func (v *visit) roles(who access.Actor) string {
	words := make([]string, len(who.Roles))
	for i, r := range who.Roles {
		words[i] = v.page.Word("role", string(r))
	}
	return v.page.List(words...)
}

// commands are what the command menu offers besides the rail.
func (v *visit) commands() []page.Command {
	var all []page.Command
	add := func(act access.Act, path, icon, name string) {
		if v.by().May(act) == nil {
			all = append(all, page.Command{Href: Base + path, Icon: icon, Label: v.page.T("console.command." + name), Group: v.page.T("console.command.group")})
		}
	}
	add(access.FileChange, "/intake", "headset", "intake")
	add(access.FileCreate, "/intake/new", "plus", "create")
	add(access.SearchCustomers, "/customers", "search", "find")
	all = append(all, page.Command{Href: Base + "/account", Icon: "user", Label: v.page.T("console.command.account"), Group: v.page.T("console.command.group")})
	all = append(all, page.Command{Href: Base + "/design", Icon: "eye", Label: v.page.T("console.command.design"), Group: v.page.T("console.command.group")})
	return all
}

// keyHelp lists the shortcuts that the help shows.
func (v *visit) keyHelp() []page.KeyGroup {
	group := func(title string, keys ...string) page.KeyGroup {
		g := page.KeyGroup{Title: v.page.T("console.keys." + title)}
		for _, k := range keys {
			press, name, _ := strings.Cut(k, "=")
			g.Keys = append(g.Keys, page.KeyHelp{Keys: press, Does: v.page.T("console.keys." + name)})
		}
		return g
	}
	return []page.KeyGroup{
		group("anywhere", "/=search", "mod k=commands", "?=help", "Esc=close", "g i=inbox", "g c=customers"),
		group("list", "j=next", "k=previous", "Enter=open", "x=select"),
		group("decide", "1=approve", "2=ask", "3=reject", "h=snooze", "a=assign", "f=field", "z=undo"),
	}
}
