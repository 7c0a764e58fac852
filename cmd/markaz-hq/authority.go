package main

import (
	"fmt"
	"path/filepath"
	"time"

	"markaz.example/edge/id"
	"markaz.example/sync/parcel"
	"markaz.example/sync/roster"
)

type authorityCommand struct {
	Init        initCommand        `cmd:"" help:"Make a new root. Keep its directory off the machines that serve."`
	IssueBox    issueBoxCommand    `cmd:"" help:"Make the certificate of a centre's box."`
	IssueHQ     issueHQCommand     `cmd:"" name:"issue-hq" help:"Make the certificate of headquarters."`
	IssueIssuer issueIssuerCommand `cmd:"" help:"Make the certificate with which headquarters enrols boxes by itself."`
	IssueNode   issueNodeCommand   `cmd:"" help:"Make the certificate by which a node proves its name to the others of its group."`
	PostKey     postKeyCommand     `cmd:"" name:"post-key" help:"Make the keys under which headquarters speaks to boxes, and opens what they seal."`
}

type initCommand struct {
	Dir string `arg:"" type:"path" help:"Where root.crt and root.key go."`
}

// Run makes an authority.
func (c initCommand) Run() error {
	a, err := roster.NewAuthority(time.Now())
	if err != nil {
		return err
	}
	if err := a.Save(c.Dir); err != nil {
		return err
	}
	fmt.Printf("The authority is in %s.\nWhoever has root.key can make boxes and headquarters: keep it off machines that serve.\n", c.Dir)
	return nil
}

type issueBoxCommand struct {
	Dir    string    `arg:"" type:"existingdir" help:"The authority's directory."`
	Centre id.Centre `arg:"" help:"The centre's code: ISB-01."`
	Out    string    `required:"" type:"path" placeholder:"DIR" help:"Where box.crt, box.key and root.crt go."`
}

// Run issues a box's certificate.
func (c issueBoxCommand) Run() error {
	a, err := roster.LoadAuthority(c.Dir)
	if err != nil {
		return err
	}
	p, err := a.IssueBox(c.Centre, time.Now())
	if err != nil {
		return err
	}
	if err := a.SaveBox(c.Out, p); err != nil {
		return err
	}
	fmt.Printf("The certificate of %s is in %s, valid to %s.\nBring the directory to the box, and see that %s is in headquarters' roster.toml.\n",
		c.Centre, c.Out, p.Cert.NotAfter.Format(time.DateOnly), c.Centre)
	return nil
}

type issueHQCommand struct {
	Dir   string   `arg:"" type:"existingdir" help:"The authority's directory."`
	Names []string `arg:"" help:"DNS names and IP addresses that boxes dial."`
	Out   string   `required:"" type:"path" placeholder:"DIR" help:"Where hq.crt, hq.key and root.crt go."`
}

// Run issues headquarters' certificate.
func (c issueHQCommand) Run() error {
	a, err := roster.LoadAuthority(c.Dir)
	if err != nil {
		return err
	}
	p, err := a.IssueHQ(c.Names, time.Now())
	if err != nil {
		return err
	}
	if err := a.SaveHQ(c.Out, p); err != nil {
		return err
	}
	fmt.Printf("The certificate of headquarters for %v is in %s, valid to %s.\n", c.Names, c.Out, p.Cert.NotAfter.Format(time.DateOnly))
	return nil
}

type postKeyCommand struct {
	Out string `required:"" type:"path" placeholder:"DIR" help:"Where post.key, post.pub, parcel.key and parcel.pub go: the directory of headquarters' certificates."`
}

// Run makes the post key.
func (c postKeyCommand) Run() error {
	if err := roster.NewPostKey(c.Out); err != nil {
		return err
	}
	own, err := parcel.LoadIdentity(filepath.Join(c.Out, parcel.SecretName))
	if err == nil {
		err = parcel.SaveRecipient(c.Out, own.Recipient())
	}
	if err != nil {
		return err
	}
	fmt.Printf("The post key and the key for parcels are in %s.\n"+
		"Bring post.key and parcel.key to every node, beside its certificates, and post.pub and parcel.pub to every box that is not\n"+
		"enrolled with a code, beside its own.\n", c.Out)
	return nil
}

type issueNodeCommand struct {
	Dir       string   `arg:"" type:"existingdir" help:"The authority's directory."`
	Name      string   `arg:"" help:"The node's name, as in its config: hq-2."`
	Addresses []string `arg:"" help:"DNS names and IP addresses at which the other nodes dial it."`
	Out       string   `required:"" type:"path" placeholder:"DIR" help:"Where node.crt, node.key and root.crt go: the directory of hq.crt."`
}

// Run issues a node's certificate.
func (c issueNodeCommand) Run() error {
	a, err := roster.LoadAuthority(c.Dir)
	if err != nil {
		return err
	}
	p, err := a.IssueNode(c.Name, c.Addresses, time.Now())
	if err != nil {
		return err
	}
	if err := a.SaveNode(c.Out, p); err != nil {
		return err
	}
	fmt.Printf("The certificate of node %s for %v is in %s, valid to %s.\n", c.Name, c.Addresses, c.Out, p.Cert.NotAfter.Format(time.DateOnly))
	return nil
}

type issueIssuerCommand struct {
	Dir string `arg:"" type:"existingdir" help:"The authority's directory."`
	Out string `required:"" type:"path" placeholder:"DIR" help:"Where issuer.crt, issuer.key and root.crt go."`
}

// Run issues an issuer's certificate.
func (c issueIssuerCommand) Run() error {
	a, err := roster.LoadAuthority(c.Dir)
	if err != nil {
		return err
	}
	p, err := a.IssueIssuer(time.Now())
	if err != nil {
		return err
	}
	if err := a.SaveIssuer(c.Out, p); err != nil {
		return err
	}
	fmt.Printf("The issuer is in %s, valid to %s.\nBring it to headquarters' nodes and name it under [enrolment]. "+
		"Whoever has issuer.key can make boxes, and no headquarters.\n", c.Out, p.Cert.NotAfter.Format(time.DateOnly))
	return nil
}
