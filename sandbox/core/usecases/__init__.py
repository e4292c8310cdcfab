"""What is done in WeChat Pay's world: each class lives for one transaction, each method is one act."""
