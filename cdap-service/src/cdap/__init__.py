"""cdap"""
