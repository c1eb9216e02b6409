package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

// help prints what a command does, its arguments and examples, in the reader's language.
// The settings, which every command knows, are told where they are used most: by serve.
func (a *app) help(_ kong.HelpOptions, c *kong.Context) error {
	node := c.Selected()
	if node == nil {
		node = c.Model.Node
	}
	out := c.Stdout
	fmt.Fprintf(out, "%s\n\n%s\n  %s\n", node.Help, a.pick("用法", "Usage"), usage(node))
	a.section(out, a.pick("命令", "Commands"), commandRows(node))
	a.section(out, a.pick("参数", "Arguments"), argumentRows(node))
	own, settings := flagRows(node, c.Model.Node)
	a.section(out, a.pick("选项", "Options"), own)
	if node.Name == "serve" || node.Name == "doctor" {
		a.section(out, a.pick("设置（选项，或同名的环境变量；秘密可用 …_FILE 指定文件）", "Settings (options, or variables of the same name; secrets may come as …_FILE)"), settings)
	}
	if examples := a.word(key(node) + "_examples"); examples != "" {
		fmt.Fprintf(out, "\n%s\n%s\n", a.pick("例子", "Examples"), indent(examples))
	}
	if node.Type == kong.ApplicationNode {
		a.section(out, a.pick("退出码", "Exit codes"), a.exitRows())
	}
	return nil
}

func (a *app) exitRows() [][]string {
	return [][]string{
		{"0", a.pick("完成", "done")}, {"1", a.pick("没有完成", "didn't go through")}, {"2", a.pick("用法不对", "not how it's used")},
		{"3", a.pick("核对不一致", "checked, and not as it should be")}, {"4", a.pick("不允许，或会造成损害", "you may not, or it would do harm")},
		{"5", a.pick("情况有变：已做过、正在做、在等人", "things have moved on: done before, running, waiting")},
	}
}

func (a *app) section(out io.Writer, title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		rows[i][0] = "  " + rows[i][0]
	}
	fmt.Fprintf(out, "\n%s\n", title)
	table(out, rows...)
}

func usage(n *kong.Node) string {
	line := "amend"
	if n.Type != kong.ApplicationNode {
		line = n.FullPath()
	}
	if len(visible(n)) > 0 {
		return line + " <" + words(n) + ">"
	}
	for _, p := range n.Positional {
		line += " " + p.Summary()
	}
	return line
}

func words(n *kong.Node) string {
	if n.Type == kong.ApplicationNode {
		return "command"
	}
	var names []string
	for _, c := range visible(n) {
		names = append(names, c.Name)
	}
	return strings.Join(names, "|")
}

func visible(n *kong.Node) []*kong.Node {
	var list []*kong.Node
	for _, c := range n.Children {
		if !c.Hidden {
			list = append(list, c)
		}
	}
	return list
}

func commandRows(n *kong.Node) [][]string {
	var rows [][]string
	for _, c := range visible(n) {
		rows = append(rows, []string{c.Name, c.Help})
	}
	return rows
}

func argumentRows(n *kong.Node) [][]string {
	var rows [][]string
	for _, p := range n.Positional {
		rows = append(rows, []string{p.Summary(), p.Help})
	}
	return rows
}

// flagRows parts a command's own flags from the settings.
func flagRows(n, app *kong.Node) (own, settings [][]string) {
	for _, f := range n.Flags {
		if !f.Hidden && n != app {
			own = append(own, []string{"--" + f.Name + value(f), f.Help})
		}
	}
	for _, f := range app.Flags {
		if f.Hidden || len(f.Envs) == 0 {
			continue
		}
		text := f.Help
		if f.Default != "" {
			text += " [" + f.Default + "]"
		}
		settings = append(settings, []string{"--" + f.Name + value(f), strings.Join(f.Envs, " "), text})
	}
	return own, settings
}

func value(f *kong.Flag) string {
	if f.IsBool() {
		return ""
	}
	return " " + f.FormatPlaceHolder()
}

// key is the name of a command in the table of words: "user_add".
func key(n *kong.Node) string {
	if n.Type == kong.ApplicationNode {
		return "amend"
	}
	path := strings.Fields(strings.TrimPrefix(n.FullPath(), "amend "))
	return strings.Join(path, "_")
}

func indent(text string) string { return "  " + strings.ReplaceAll(text, "\n", "\n  ") }

// welcome is what amend says alone: where to begin.
func (a *app) welcome() {
	fmt.Fprintf(a.out, "%s\n\n", a.word("amend"))
	table(a.out,
		[]string{"  amend demo", a.pick("一分钟看懂：示例数据，一次完整的变更", "a minute's tour: sample data and one whole change")},
		[]string{"  amend user add " + a.pick("张敏", "ada") + " --role operator", a.pick("建立数据，登记第一个人", "make the data and name the first person")},
		[]string{"  amend serve", a.pick("启动服务", "start the server")},
		[]string{"  amend doctor", a.pick("看看现在怎样，缺什么", "see how things are, and what's missing")},
		[]string{"  amend --help", a.pick("全部命令", "every command")},
	)
}
