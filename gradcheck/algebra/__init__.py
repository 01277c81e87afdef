"""When are two expressions over indexed tensors equal, for all sizes?"""
