"""``torch.utils.model_zoo``: the old path of what ``torch.hub`` fetches."""

from minitorch.hub import load_state_dict_from_url as load_url

__all__ = ["load_url"]
