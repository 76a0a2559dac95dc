// What listmonk does to a campaign: its shorthands are written out, then html/template runs it within a template that
// has nothing but the content (models/campaigns.go, models/common.go, internal/manager/manager.go). Reads the campaign
// from standard input.
package main

import (
	"html/template"
	"io"
	"os"
	"regexp"
)

var shorthands = []struct {
	find    *regexp.Regexp
	written string
}{
	{regexp.MustCompile(`{{\s*TrackLink\s+"([^"]+)"\s*}}`), `{{ TrackLink "$1" . }}`},
	{regexp.MustCompile(`(https?://[\p{L}\p{N}_\-\.~!#$&'()*+,/:;=?@\[\]]*)@TrackLink`), `{{ TrackLink "$1" . }}`},
	{regexp.MustCompile(`{{(\s+)?(TrackView|UnsubscribeURL|ManageURL|OptinURL|MessageURL)(\s+)?}}`), `{{ $2 . }}`},
}

func main() {
	read, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	body := string(read)
	for _, one := range shorthands {
		body = one.find.ReplaceAllString(body, one.written)
	}
	functions := template.FuncMap{
		"TrackLink":      func(url string, _ any) string { return "https://lists.example/link/" },
		"UnsubscribeURL": func(_ any) string { return "https://lists.example/subscription/1/2" },
		"MessageURL":     func(_ any) string { return "https://lists.example/campaign/1/2" },
		"Safe":           func(written string) template.HTML { return template.HTML(written) },
	}
	base := template.Must(template.New("base").Funcs(functions).Parse(`{{ template "content" . }}`))
	content := template.Must(template.New("content").Funcs(functions).Parse(body))
	whole := template.Must(base.AddParseTree("content", content.Tree))
	if err := whole.ExecuteTemplate(os.Stdout, "base", map[string]string{"Name": "Eve"}); err != nil {
		panic(err)
	}
}
