package main

import (
	"fmt"
	"net"
	"strings"
	"time"

	"amend/access"
	"amend/internal/sandbox"
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
	mailbox, err := t.Mailbox.ServePage(sandbox.Page{Lang: t.s.lang.Tag(), Title: t.s.pick("演示收件箱", "Demo mailbox"), Zone: t.s.zone})
	if err != nil {
		return err
	}
	if err := a.guide(t, "http://"+l.Addr().String(), mailbox); err != nil {
		return err
	}
	return a.serve(&house{store: t.Store, keys: t.Keys, desk: t.Desk, rules: t.House}, nil, l)
}

// guide says where everything is, who the reader may be, and what to try first.
func (a *app) guide(t *story, base, mailbox string) error {
	s := t.s
	s.title("·", s.pick("轮到您：服务已经启动，时钟是真实的", "Your turn: it serves now, by the real clock"), t.Clock.Now())
	s.pairs(
		[2]string{"API", base + "/api/v1"},
		[2]string{s.pick("接口文档", "Documentation"), base + "/api/docs"},
		[2]string{s.pick("短信和邮件", "SMS and mail"), mailbox},
		[2]string{s.pick("数据目录", "Data directory"), t.dir},
	)
	s.blank()
	rows := [][]string{{s.pick("身份", "Role"), s.pick("姓名", "Name"), s.pick("令牌", "Bearer token")}}
	var agent string
	for _, who := range []*access.Actor{&t.who.agent, &t.who.approver, &t.who.second, &t.who.auditor, &t.who.integrator, &t.who.operator} {
		_, token, err := t.Desk.AddToken(a.ctx, access.Actor{Name: who.Name})
		if err != nil {
			return err
		}
		if who == &t.who.agent {
			agent = token
		}
		rows = append(rows, []string{duties(s, *who), who.Name, token})
	}
	s.table(rows...)
	s.blank()
	s.say("试一试：看所有申请；再替%s申请改称呼，看看需要什么、影响谁。", "Try it: list the requests; then file a change for %s, and see what it needs and whom it reaches.", t.name)
	s.command("export AMEND_TOKEN=" + agent)
	s.command(`curl -s -H "Authorization: Bearer $AMEND_TOKEN" ` + base + "/api/v1/changes")
	s.command(`curl -s -H "Authorization: Bearer $AMEND_TOKEN" -H 'Content-Type: application/json'`, base+"/api/v1/changes",
		fmt.Sprintf(`-d '{"record_id":"%s","channel":"hotline","reason":"%s",`, t.record, s.pick("客户要求", "she asked")),
		fmt.Sprintf(`"items":[{"field":"preferred_name","value":"%s"}]}'`, s.pick("王女士", "Ms Wang")))
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
