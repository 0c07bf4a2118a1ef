from . import channel_five_part_order
