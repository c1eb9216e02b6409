package portal

import "strings"

// mailHosts are the providers whose names are mistyped most.
func mailHosts() []string {
	return []string{
		"qq.com", "163.com", "126.com", "139.com", "189.cn", "sina.com", "sohu.com", "foxmail.com", "aliyun.com", "vip.qq.com",
		"gmail.com", "outlook.com", "hotmail.com", "icloud.com", "yahoo.com", "live.com",
	}
}

// meantMail is what a mail address probably meant, "" if it looks right. It is only ever a
// question: nobody's address is changed for them.
func meantMail(typed string) string {
	local, host, found := strings.Cut(typed, "@")
	host = strings.ToLower(host)
	if !found || local == "" || host == "" {
		return ""
	}
	meant := ""
	for _, h := range mailHosts() {
		switch {
		case h == host:
			return ""
		case slipped(host, h):
			meant = local + "@" + h
		}
	}
	return meant
}

// slipped reports whether one is the other with one letter wrong, missing, too many, or two
// swapped.
func slipped(typed, meant string) bool {
	a, b := typed, meant
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for a != "" && b != "" && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	swapped := len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	return swapped || len(a) <= 1 && len(b) <= 1 && len(meant) > 5
}
