#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
pub struct Card {
    pub digits: Vec<u8>,
}

#[derive(Eq, Copy, Hash)]
#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
pub enum Currency {
    #[serde(rename = "EUR")]
    Eur,
    #[serde(rename = "US_DOLLAR")]
    UsDollar,
}

/// An amount.
#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
pub struct Money {
    pub currency: Currency,
    /// Millionths.
    pub micros: i64,
}

impl ::serde_client::codec::Described<::serde_client::codec::avro::Avro> for Money {
    fn own_schema() -> Result<::serde_client::own_schema::OwnSchema, ::serde_client::codec::PrepareError> {
        Ok(::serde_client::client::SchemaDefinition::avro("{\"type\":\"record\",\"name\":\"Money\",\"namespace\":\"shop\",\"doc\":\"An amount.\",\"fields\":[{\"name\":\"currency\",\"type\":{\"type\":\"enum\",\"name\":\"Currency\",\"symbols\":[\"EUR\",\"US_DOLLAR\"]}},{\"name\":\"micros\",\"type\":\"long\",\"doc\":\"Millionths.\"}]}").into())
    }
}

#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
pub struct Order {
    #[serde(rename = "orderId")]
    pub order_id: i64,
    #[serde(rename = "type")]
    pub r#type: String,
    pub price: Money,
    pub discount: Option<Money>,
    pub parent: Option<Box<Order>>,
    pub tags: Vec<String>,
    pub counts: ::std::collections::HashMap<String, i32>,
    pub payment: Option<OrderPayment>,
}

impl ::serde_client::codec::Described<::serde_client::codec::avro::Avro> for Order {
    fn own_schema() -> Result<::serde_client::own_schema::OwnSchema, ::serde_client::codec::PrepareError> {
        Ok(::serde_client::client::SchemaDefinition::avro("{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":[{\"name\":\"orderId\",\"type\":\"long\"},{\"name\":\"type\",\"type\":\"string\"},{\"name\":\"price\",\"type\":{\"type\":\"record\",\"name\":\"Money\",\"doc\":\"An amount.\",\"fields\":[{\"name\":\"currency\",\"type\":{\"type\":\"enum\",\"name\":\"Currency\",\"symbols\":[\"EUR\",\"US_DOLLAR\"]}},{\"name\":\"micros\",\"type\":\"long\",\"doc\":\"Millionths.\"}]}},{\"name\":\"discount\",\"type\":[\"null\",\"Money\"],\"default\":null},{\"name\":\"parent\",\"type\":[\"null\",\"Order\"],\"default\":null},{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}},{\"name\":\"counts\",\"type\":{\"type\":\"map\",\"values\":\"int\"}},{\"name\":\"payment\",\"type\":[\"null\",\"string\",\"long\",{\"type\":\"record\",\"name\":\"Card\",\"fields\":[{\"name\":\"digits\",\"type\":{\"type\":\"fixed\",\"name\":\"Digits\",\"size\":4}}]}]}]}").into())
    }
}

/// One of several types.
#[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
pub enum OrderPayment {
    #[serde(rename = "string")]
    String(String),
    #[serde(rename = "long")]
    Long(i64),
    Card(Card),
}
