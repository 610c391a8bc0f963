module tixianbot

go 1.26

require github.com/google/go-cmp v0.7.0

require (
	github.com/alecthomas/kong v1.17.0 // indirect
	github.com/go-telegram/bot v1.19.0 // indirect
	github.com/goccy/go-yaml v1.19.2 // indirect
	go.etcd.io/bbolt v1.5.0 // indirect
	golang.org/x/sys v0.45.0 // indirect
	pgregory.net/rapid v1.3.0 // indirect
)
