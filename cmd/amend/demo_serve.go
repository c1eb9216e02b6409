package main

import (
	"context"
	"net"
	"strings"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/internal/sandbox"
	"amend/verify"
)

// serveDemo lets readers go on by themselves: the clock runs, the server answers, the
// systems follow, and messages arrive in the mailbox.
func (a *app) serveDemo(t *story) error {
	l, err := net.Listen("tcp", a.config.Addr)
	if err != nil { // somebody else listens there: any port does for a demo
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
	}
	t.Clock.Follow(time.Now)
	base := "http://" + l.Addr().String()
	t.Move(base)
	apps, err := t.equip(a.ctx)
	if err != nil {
		return err
	}
	if err := t.leaveWork(a.ctx); err != nil {
		return err
	}
	mailbox, err := t.Mailbox.ServePage(sandbox.Page{
		Lang: t.s.lang.Tag(), Title: t.s.pick("演示收件箱：短信和邮件", "Demo mailbox: SMS and mail"), Zone: t.s.zone,
		Was: demoSite, Is: base, Apps: apps, AppsTitle: t.s.pick("验证器应用：现在的验证码", "Authenticator apps: the codes of this moment"),
	})
	if err != nil {
		return err
	}
	if err := a.guide(t, base, mailbox); err != nil {
		return err
	}
	a.config.BaseURL, a.config.Environment = base, "demo"
	return a.serve(&house{store: t.Store, keys: t.Keys, desk: t.Desk, rules: t.House}, nil, l, nil)
}

// demoPassword is everybody's in the demo.
const demoPassword = "amber kettle walks home"

// signing are those of the story whom a reader may be.
func (t *story) signing() []access.Actor {
	return []access.Actor{t.who.agent, t.who.approver, t.who.second, t.who.auditor, t.who.integrator, t.who.operator}
}

// equip gives everybody the demo's password and an app of their own, as their one-time link
// would.
func (t *story) equip(ctx context.Context) ([]sandbox.App, error) {
	var apps []sandbox.App
	for _, who := range t.signing() {
		link, err := t.Desk.AddLink(ctx, who.Name)
		if err != nil {
			return nil, err
		}
		token := link[strings.LastIndex(link, "/")+1:]
		_, secret, err := t.Desk.Invitation(ctx, token)
		if err != nil {
			return nil, err
		}
		before := t.Clock.Now().Add(-30 * time.Second) // so that the reader need not wait for another code
		if _, err := t.Desk.Welcome(ctx, desk.Welcome{Link: token, Password: demoPassword, Code: verify.TOTPCode(secret, before)}); err != nil {
			return nil, err
		}
		apps = append(apps, sandbox.App{Name: who.Name, Secret: secret})
	}
	return apps, nil
}

// leaveWork files what the reader may decide first.
func (t *story) leaveWork(ctx context.Context) error {
	for _, p := range []struct{ field, zh, en string }{{"preferred_name", "王女士", "Ms Wang"}, {"name_spelling", "WANG Xiaofang", "WANG Xiaofang"}} {
		_, err := t.Desk.Propose(ctx, t.who.agent, desk.Proposal{
			Record: t.record, Channel: "hotline", Reason: t.s.pick("客户来电要求", "She asked on the phone"),
			Items: []desk.Proposed{{Key: customer.Key(p.field), Value: jsonText(t.s.pick(p.zh, p.en))}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// guide says where everything is, who the reader may be, and what to try first.
func (a *app) guide(t *story, base, mailbox string) error {
	s := t.s
	s.title("·", s.pick("轮到您：服务已经启动，时钟是真实的", "Your turn: it serves now, by the real clock"), t.Clock.Now())
	s.pairs(
		[2]string{s.pick("员工控制台", "Staff console"), base + "/console/"},
		[2]string{s.pick("客户门户", "Customer's portal"), base + "/"},
		[2]string{s.pick("短信、邮件、验证码", "SMS, mail, app codes"), mailbox},
		[2]string{s.pick("接口", "API"), base + "/api/v1 · " + base + "/api/docs"},
		[2]string{s.pick("数据目录", "Data directory"), t.dir},
	)
	s.blank()
	rows := [][]string{{s.pick("身份", "Role"), s.pick("姓名", "Name"), s.pick("令牌", "Bearer token")}}
	for _, who := range t.signing() {
		_, token, err := t.Desk.AddToken(a.ctx, access.Actor{Name: who.Name})
		if err != nil {
			return err
		}
		rows = append(rows, []string{duties(s, who), who.Name, token})
	}
	s.table(rows...)
	s.blank()
	s.say("登录控制台：姓名如上，密码都是 %s，验证码在演示收件箱的最上面。", "To sign in to the console: a name of these, the password %s, and a code from the top of the mailbox page.", demoPassword)
	s.say("试一试：以%s登录，收件箱里有两份申请等着您；同意后 10 秒内可撤销。", "Try it: sign in as %s. Two requests wait in the inbox; what you approve can be undone for 10 seconds.", t.who.approver.Name)
	s.say("或者作为客户%s：在门户输入手机号 %s，验证码会到演示收件箱。", "Or be the customer %s: type the phone number %s in the portal; the code arrives in the mailbox.", t.name, strings.TrimPrefix(newPhone, "+86"))
	return nil
}

// duties names what somebody is there for.
func duties(s *screen, a access.Actor) string {
	words := make([]string, len(a.Roles))
	for i, r := range a.Roles {
		words[i] = s.lang.Word("role", string(r))
	}
	return strings.Join(words, s.pick("、", ", "))
}
