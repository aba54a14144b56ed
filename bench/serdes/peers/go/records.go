package main

type device struct {
	OS      string `avro:"os"`
	Browser string `avro:"browser"`
	IPHash  []byte `avro:"ip_hash"`
}

// Numbers and categories that both forms of the record have alike.
type common struct {
	I2  *int32  `avro:"I2"`
	I3  *int32  `avro:"I3"`
	I4  *int32  `avro:"I4"`
	I5  *int32  `avro:"I5"`
	I6  *int32  `avro:"I6"`
	I7  *int32  `avro:"I7"`
	I8  *int32  `avro:"I8"`
	I9  *int32  `avro:"I9"`
	I10 *int32  `avro:"I10"`
	I11 *int32  `avro:"I11"`
	I12 *int32  `avro:"I12"`
	I13 *int32  `avro:"I13"`
	C1  *string `avro:"C1"`
	C2  *string `avro:"C2"`
	C3  *string `avro:"C3"`
	C4  *string `avro:"C4"`
	C5  *string `avro:"C5"`
	C6  *string `avro:"C6"`
	C7  *string `avro:"C7"`
	C8  *string `avro:"C8"`
	C9  *string `avro:"C9"`
	C10 *string `avro:"C10"`
	C11 *string `avro:"C11"`
	C12 *string `avro:"C12"`
	C14 *string `avro:"C14"`
	C15 *string `avro:"C15"`
	C16 *string `avro:"C16"`
	C17 *string `avro:"C17"`
	C18 *string `avro:"C18"`
	C19 *string `avro:"C19"`
	C20 *string `avro:"C20"`
	C21 *string `avro:"C21"`
	C22 *string `avro:"C22"`
	C23 *string `avro:"C23"`
	C24 *string `avro:"C24"`
	C25 *string `avro:"C25"`
	C26 *string `avro:"C26"`
}

type adClick struct {
	EventTime  int64  `avro:"event_time"`
	UserID     string `avro:"user_id"`
	CampaignID int64  `avro:"campaign_id"`
	Label      int32  `avro:"label"`
	I1         *int32 `avro:"I1"`
	common
	C13    *string            `avro:"C13"`
	Device device             `avro:"device"`
	Tags   []string           `avro:"tags"`
	Scores map[string]float64 `avro:"scores"`
}

type adClickReader struct {
	Device     device   `avro:"device"`
	Tags       []string `avro:"tags"`
	UserID     string   `avro:"user_id"`
	CampaignID int64    `avro:"campaign_id"`
	EventTime  int64    `avro:"event_time"`
	BidMicros  int64    `avro:"bid_micros"`
	Label      int64    `avro:"label"`
	I1         *int64   `avro:"I1"`
	common
	Scores map[string]float64 `avro:"scores"`
}

type tiny struct {
	ID    int64   `avro:"id"`
	Name  string  `avro:"name"`
	Price float64 `avro:"price"`
}

type tinyReader struct {
	Price float64 `avro:"price"`
	ID    int64   `avro:"id"`
	Qty   int64   `avro:"qty"`
}

// agree compares what two readers made of one record, where their forms overlap.
func (r *adClickReader) agree(with *adClick) bool {
	return r.UserID == with.UserID && r.CampaignID == with.CampaignID && r.EventTime == with.EventTime &&
		r.Label == int64(with.Label) && r.BidMicros == 7 && (r.I1 == nil) == (with.I1 == nil) &&
		(r.I1 == nil || *r.I1 == int64(*with.I1)) && equal(r.common, with.common) &&
		equal(r.Device, with.Device) && equal(r.Tags, with.Tags) && equal(r.Scores, with.Scores)
}

func (r *tinyReader) agree(with *tiny) bool {
	return r.Price == with.Price && r.ID == with.ID && r.Qty == 1
}
