"""What a pretrained network is worth on few images: four ways to fine-tune it, and none."""
