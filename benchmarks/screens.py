def measure_screens(world, meter):
    return {}
