// What listmonk does to a campaign (models/campaigns.go, models/common.go, internal/manager): its shorthands are written
// out, then html/template runs the body within a template that has nothing but the content, and the plain text, which is
// taken as it is when nothing in it looks like an action; text/template the subject and the headers. Reads the campaign
// as JSON from standard input, and writes what a reader gets.
package main

import (
	"encoding/json"
	"html/template"
	"io"
	"os"
	"regexp"
	"strings"
	text "text/template"
)

type campaign struct {
	Subject string              `json:"subject"`
	Body    string              `json:"body"`
	AltBody string              `json:"altbody"`
	Headers []map[string]string `json:"headers"`
}

var shorthands = []struct {
	find    *regexp.Regexp
	written string
}{
	{regexp.MustCompile(`{{\s*TrackLink\s+"([^"]+)"\s*}}`), `{{ TrackLink "$1" . }}`},
	{regexp.MustCompile(`(https?://[\p{L}\p{N}_\-\.~!#$&'()*+,/:;=?@\[\]%]*)@TrackLink`), `{{ TrackLink "$1" . }}`},
	{regexp.MustCompile(`{{(\s+)?(TrackView|UnsubscribeURL|ManageURL|OptinURL|MessageURL)(\s+)?}}`), `{{ $2 . }}`},
}

var functions = template.FuncMap{
	"TrackLink":      func(url string, _ any) string { return "https://lists.example/link/" },
	"TrackView":      func(_ any) template.HTML { return `<img src="https://lists.example/view">` },
	"UnsubscribeURL": func(_ any) string { return "https://lists.example/subscription/1/2" },
	"MessageURL":     func(_ any) string { return "https://lists.example/campaign/1/2" },
	"Safe":           func(written string) template.HTML { return template.HTML(written) },
}

var reader = map[string]string{"Name": "Eve"}

func expand(written string) string {
	for _, one := range shorthands {
		written = one.find.ReplaceAllString(written, one.written)
	}
	return written
}

func hasAction(written string) bool {
	_, after, found := strings.Cut(written, "{{")
	return found && strings.Contains(after, "}}")
}

type engine interface{ Execute(io.Writer, any) error }

func run(made engine) string {
	var out strings.Builder
	if err := made.Execute(&out, reader); err != nil {
		panic(err)
	}
	return out.String()
}

func runText(written string) string {
	return run(text.Must(text.New("content").Funcs(text.FuncMap(functions)).Parse(written)))
}

func main() {
	var one campaign
	if err := json.NewDecoder(os.Stdin).Decode(&one); err != nil {
		panic(err)
	}
	base := template.Must(template.New("base").Funcs(functions).Parse(`{{ template "content" . }}`))
	content := template.Must(template.New("content").Funcs(functions).Parse(expand(one.Body)))
	one.Body = run(template.Must(base.AddParseTree("content", content.Tree)).Lookup("base"))
	if hasAction(one.AltBody) {
		one.AltBody = run(template.Must(template.New("content").Funcs(functions).Parse(expand(one.AltBody))))
	}
	if hasAction(one.Subject) {
		one.Subject = runText(expand(one.Subject))
	}
	for _, set := range one.Headers {
		for name, value := range set {
			if hasAction(value) {
				set[name] = runText(value)
			}
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(one); err != nil {
		panic(err)
	}
}
