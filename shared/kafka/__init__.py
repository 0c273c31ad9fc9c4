"""The log on Apache Kafka, through aiokafka, whose defaults are wrong here (settings say why)."""

from shared.kafka.lags import KafkaLags
from shared.kafka.onlooker import KafkaOnlooker
from shared.kafka.producer import KafkaProducer
from shared.kafka.subscription import KafkaSubscription

__all__ = ["KafkaLags", "KafkaOnlooker", "KafkaProducer", "KafkaSubscription"]
